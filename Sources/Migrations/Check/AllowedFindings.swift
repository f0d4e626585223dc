import Database

/// Matches what a file's directives allow with what was found in its statements.
struct AllowedFindings {
    private struct Allowance {
        let code: MigrationFinding.Code
        let reason: String
        let offset: Int
        /// The number of the statement that it is about; nil where there is none.
        let statement: Int?
        var isUsed = false
    }

    private let content: MigrationContent
    private var allowances: [Allowance]

    init(_ content: MigrationContent, _ statements: [ScriptStatement]) {
        self.content = content
        allowances = ScriptScanner.scan(content.bytes).directives.compactMap { directive in
            guard case .allow(let code, let reason) = directive.meaning else { return nil }
            let statement = Self.statement(at: directive.offset, in: content.bytes, statements)
            return Allowance(code: code, reason: reason, offset: directive.offset, statement: statement)
        }
    }

    /// The statement in whose range the comment is: the one below it; or the one that ends on the comment's line.
    private static func statement(at offset: Int, in bytes: [UInt8], _ statements: [ScriptStatement]) -> Int? {
        let before = statements.last { $0.range.upperBound <= offset }
        if let before, !bytes[before.range.upperBound..<offset].contains(UInt8(ascii: "\n")) { return before.number }
        return statements.first { $0.range.contains(offset) }?.number
    }

    /// The findings of the file, from its top to its end, and one for each directive that was not needed.
    mutating func findings(_ losses: [FoundLoss]) -> [MigrationFinding] {
        let found = losses.map { loss in
            finding(loss.code, loss.offset, loss.statement.number, loss.message, loss.recovery, accept(loss))
        }
        return (found + unused).sorted { ($0.location?.line ?? 0, $0.statement) < ($1.location?.line ?? 0, $1.statement) }
    }

    private mutating func accept(_ loss: FoundLoss) -> String? {
        let matching = allowances.indices.filter { allowances[$0].code == loss.code && allowances[$0].statement == loss.statement.number }
        for index in matching { allowances[index].isUsed = true }
        return matching.first.map { allowances[$0].reason }
    }

    private var unused: [MigrationFinding] {
        allowances.filter { !$0.isUsed }.map { allowance in
            let code = allowance.code.rawValue
            return finding(
                .unusedAllow,
                allowance.offset,
                allowance.statement ?? 0,
                "it allows \(code), and there is no such finding in its statement",
                "remove the line, or move it above the statement that is meant",
                nil
            )
        }
    }

    private func finding(
        _ code: MigrationFinding.Code,
        _ offset: Int,
        _ statement: Int,
        _ message: String,
        _ recovery: String,
        _ reason: String?
    ) -> MigrationFinding {
        MigrationFinding(
            code,
            filename: content.file.filename,
            location: SourceLocation(offset: offset, in: content.bytes),
            statement: statement,
            message,
            recovery: recovery,
            acceptedBecause: reason
        )
    }
}
