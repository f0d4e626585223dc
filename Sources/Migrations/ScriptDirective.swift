/// What a comment that begins with `-- parley:` tells the engine.
///
/// - `-- parley:no-transaction`, as the first line: the file's one statement runs outside of a transaction.
/// - `-- parley:allow CODE REASON`: what `check` finds in the statement below is meant.
struct ScriptDirective: Sendable, Hashable {
    enum Meaning: Sendable, Hashable {
        case noTransaction
        case allow(MigrationFinding.Code, reason: String)
    }

    /// Why a comment is no directive, and what to write instead.
    struct Fault: Error, Equatable {
        let message: String
        let recovery: String
    }

    static let prefix = "parley:"

    let meaning: Meaning
    /// Where its comment begins in the file.
    let offset: Int

    /// - Parameters:
    ///   - text: what stands behind ``prefix``, to the end of the line.
    ///   - offset: where the comment begins.
    ///   - isFirst: whether it is the first line of the file.
    init(parsing text: String, at offset: Int, isFirst: Bool) throws(Fault) {
        let words = text.split(maxSplits: 2) { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }.map(String.init)
        self.offset = offset
        switch words.first {
        case "no-transaction": meaning = try Self.noTransaction(words, isFirst)
        case "allow": meaning = try Self.allow(words)
        default:
            throw Fault(
                message: "unknown directive \"\(Self.prefix)\(words.first ?? "")\"",
                recovery: "remove the line, or write parley:no-transaction or parley:allow"
            )
        }
    }

    private static func noTransaction(_ words: [String], _ isFirst: Bool) throws(Fault) -> Meaning {
        guard isFirst, words.count == 1 else {
            let message = "the directive \"parley:no-transaction\" counts for the whole file"
            throw Fault(message: message, recovery: "make it the first line, with nothing behind it")
        }
        return .noTransaction
    }

    private static func allow(_ words: [String]) throws(Fault) -> Meaning {
        guard words.count > 1, let code = MigrationFinding.Code(rawValue: words[1]), code != .unusedAllow else {
            let codes = MigrationFinding.Code.allCases.filter { $0 != .unusedAllow }.map(\.rawValue).joined(separator: ", ")
            let message = words.count > 1 ? "there is no finding \"\(words[1])\" to allow" : "the directive does not say what it allows"
            throw Fault(message: message, recovery: "write -- parley:allow CODE REASON with one of these codes: \(codes)")
        }
        guard words.count > 2 else {
            let message = "the directive does not say why \(code.rawValue) is allowed"
            throw Fault(message: message, recovery: "write the reason behind the code: whoever reads the file next will ask for it")
        }
        return .allow(code, reason: words[2].onOneLine.trimmingSpaces)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
