import Migrations

/// What `parley migrate check` tells.
public struct MigrationCheckReport: Sendable {
    private let result: MigrationCheckResult

    init(_ result: MigrationCheckResult) {
        self.result = result
    }

    /// What stands, for people, as a compiler would print it; empty where nothing does.
    public var diagnostics: String {
        lines(result.errors.map { $0.diagnosis(directory: result.directory) } + result.standing.map(diagnosis))
    }

    /// For people: what was accepted, what could not be looked at, and a line that sums up.
    public var text: String {
        lines(result.accepted.map(diagnosis) + result.notes.map { "note: \($0)" } + [summary])
    }

    /// For machines: the same as one object.
    public var json: [UInt8] {
        CommandDocument.make("check", ok: result.isClean, errors: result.errors) { json in
            json.member("directory", result.directory)
            json.member("files", result.files.count)
            json.member("next_version", result.nextVersion)
            json.member("findings") { $0.array(result.findings) { json, finding in json.object(finding.write) } }
            json.member("notes") { $0.array(result.notes) { json, note in json.string(note) } }
        }
    }

    /// 0: nothing stands; 1: findings do; 3: a run would fail.
    public var exitCode: Int32 {
        if !result.errors.isEmpty { return 3 }
        return result.isClean ? 0 : 1
    }

    private func diagnosis(_ finding: MigrationFinding) -> String { finding.diagnosis(directory: result.directory) }

    private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private var summary: String {
        let counts = [
            Self.count(result.errors.count, "error"), Self.count(result.standing.count, "finding"),
            result.accepted.isEmpty ? nil : "\(result.accepted.count) accepted",
        ]
        let files = result.files.count == 1 ? "1 file" : "\(result.files.count) files"
        return "\(files): \(counts.compactMap(\.self).joined(separator: ", "))"
            + (result.nextVersion.map { "; the next number is \($0)" } ?? "")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension MigrationFinding {
    fileprivate func write(_ json: inout JSONWriter) {
        json.diagnosis(code.rawValue, message, recovery: recovery, filename: filename, location: location, statement: statement)
        json.member("accepted_because", acceptedBecause)
    }
}
