import Database
import Migrations

/// What `parley migrate repair` would do, or has done.
public struct RepairReport: Sendable {
    /// For people: each row that changes, and what is not for the record to mend.
    public let text: String
    /// For people who have seen the rows already: that it is done, and what to do next.
    public let confirmation: String
    /// For machines.
    public let json: [UInt8]
    /// How many rows change.
    public let stepCount: Int
    /// Whether something is wrong that stays.
    public let hasUnrepairable: Bool
    /// What is carried out when it has been shown.
    let repair: MigrationRepair

    init(_ repair: MigrationRepair, isDone: Bool) {
        self.repair = repair
        stepCount = repair.steps.count
        hasUnrepairable = !repair.unrepairable.isEmpty
        let lines = Self.lines(repair, isDone) + Self.lines(repair.unrepairable)
        text = lines.map { $0 + "\n" }.joined() + SchemaDifference.text(repair.differences) + Self.hint(repair.differences)
        confirmation = "changed: \(Self.count(repair.steps))\n"
        json = CommandDocument.make(
            "repair",
            ok: repair.unrepairable.isEmpty && (isDone || repair.steps.isEmpty),
            errors: repair.unrepairable
        ) { json in
            json.member("done", isDone)
            json.member("steps") { $0.array(repair.steps) { json, step in json.object(step.write) } }
            json.member("differences", repair.differences)
        }
    }

    private static func lines(_ repair: MigrationRepair, _ isDone: Bool) -> [String] {
        guard !repair.steps.isEmpty else {
            return repair.unrepairable.isEmpty ? ["nothing to repair: the record can stay as it is"] : []
        }
        let head = "\(isDone ? "changed" : "to change"): \(count(repair.steps)), and nothing else"
        return [head] + repair.steps.map { "  " + $0.line.onOneLine }
    }

    private static func count(_ steps: [MigrationRepair.Step]) -> String {
        SchemaReport.count(steps.count, "row") + " of the record"
    }

    private static func hint(_ differences: [SchemaDifference]) -> String {
        SchemaReport.hint(differences).map { "  next: \($0)\n" } ?? ""
    }

    /// `002_b.sql:2:1: `
    private static func place(of error: MigrationError) -> String {
        guard let filename = error.filename else { return "" }
        return filename + (error.location.map { ":\($0.line):\($0.column)" } ?? "") + ": "
    }

    private static func lines(_ errors: [MigrationError]) -> [String] {
        guard !errors.isEmpty else { return [] }
        return ["not repairable:"]
            + errors.flatMap { error in
                ["  \(place(of: error))\(error.message) [\(error.code.rawValue)]", "    next: \(error.recovery)"]
            }.map(\.onOneLine)
    }
}

extension MigrationRepair.Step {
    fileprivate var line: String {
        switch self {
        case .acceptEdit(let filename, let recorded, let checksum):
            "edited   \(filename): \(Self.short(recorded)) becomes \(Self.short(checksum))"
        case .rename(let from, let to, _): "renamed  \(from) becomes \(to)"
        case .fillChecksum(let filename, let checksum): "unknown  \(filename): gets \(Self.short(checksum))"
        }
    }

    /// Enough of a checksum to tell two apart.
    private static func short(_ checksum: String) -> String {
        checksum.count > 19 ? checksum.prefix(19) + "…" : checksum
    }

    fileprivate func write(_ json: inout JSONWriter) {
        switch self {
        case .acceptEdit(let filename, let recorded, let checksum):
            json.member("action", "accept-edit")
            json.member("filename", filename)
            json.member("recorded_filename", filename)
            json.member("recorded_checksum", recorded)
            json.member("checksum", checksum)
        case .rename(let from, let to, let checksum):
            json.member("action", "rename")
            json.member("filename", to)
            json.member("recorded_filename", from)
            json.null("recorded_checksum")
            json.member("checksum", checksum)
        case .fillChecksum(let filename, let checksum):
            json.member("action", "fill-checksum")
            json.member("filename", filename)
            json.member("recorded_filename", filename)
            json.null("recorded_checksum")
            json.member("checksum", checksum)
        }
    }
}
