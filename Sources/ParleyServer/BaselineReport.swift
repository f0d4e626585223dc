import Migrations

/// What `parley migrate baseline` has done or refused.
public struct BaselineReport: Sendable {
    /// For people: what was recorded, or the differences as a diff.
    public let text: String
    /// For machines.
    public let json: [UInt8]
    /// Whether the files are recorded now; otherwise the schemas differ, and nothing was changed.
    public let isRecorded: Bool

    init(_ baseline: MigrationBaseline, _ differences: [SchemaDifference]) {
        let isRecorded = differences.isEmpty
        self.isRecorded = isRecorded
        text = isRecorded ? Self.recorded(baseline) : Self.refusal(baseline, differences)
        json = CommandDocument.make("baseline", ok: isRecorded) { json in
            json.member("recorded", isRecorded ? baseline.files : [])
            json.member("pending", isRecorded ? baseline.remaining : baseline.files + baseline.remaining)
            json.member("differences", differences)
        }
    }

    private static func recorded(_ baseline: MigrationBaseline) -> String {
        let lines = baseline.files.map { "recorded \($0)" }
        let count = "\(SchemaReport.count(baseline.files.count, "migration")) recorded, none was run"
        let rest = baseline.remaining.count
        let next = rest == 0 ? [] : ["  next: parley migrate up applies the \(rest == 1 ? "one" : "\(rest)") behind"]
        return (lines + [count] + next).joined(separator: "\n") + "\n"
    }

    private static func refusal(_ baseline: MigrationBaseline, _ differences: [SchemaDifference]) -> String {
        let last = baseline.files.last ?? ""
        let next = [
            "make the files and the database agree, or name the number of the last file that the database has",
            SchemaReport.hint(differences),
        ]
        return SchemaDifference.text(differences)
            + "not recorded: the schema is not what the files up to \(last) make: \(SchemaReport.summary(differences))\n"
            + "  next: \(next.compactMap(\.self).joined(separator: "; "))\n"
    }
}
