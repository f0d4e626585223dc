import Migrations

/// What `parley migrate verify` has found.
public struct VerifyReport: Sendable {
    /// For people: the drift as a diff, and what to do; one line where there is none.
    public let text: String
    /// For machines.
    public let json: [UInt8]
    /// Whether the database has another schema than its migrations make.
    public let hasDrift: Bool

    init(_ verification: SchemaVerification) {
        hasDrift = !verification.differences.isEmpty
        text = (hasDrift ? Self.drift(verification) : Self.agreement(verification)) + Self.note(verification)
        json = CommandDocument.make("verify", ok: !hasDrift) { json in
            json.member("replayed", verification.replayed)
            json.member("unknown", verification.unknown)
            json.member("pending", verification.pending)
            json.member("objects", verification.objectCount)
            json.member("differences", verification.differences)
        }
    }

    /// What was left out of the replay, since it may well be what the drift is.
    private static func note(_ verification: SchemaVerification) -> String {
        guard !verification.unknown.isEmpty else { return "" }
        return "note: recorded, but not replayed, since no file here has them: \(verification.unknown.joined(separator: ", "))".onOneLine
            + "\n"
    }

    private static func agreement(_ verification: SchemaVerification) -> String {
        guard !verification.replayed.isEmpty else { return "no drift: no migration is applied, and the schema is empty\n" }
        let migrations = SchemaReport.count(verification.replayed.count, "applied migration")
        return "no drift: the schema is what \(migrations) \(verification.replayed.count == 1 ? "makes" : "make") "
            + "(\(SchemaReport.count(verification.objectCount, "object")))\n"
    }

    private static func drift(_ verification: SchemaVerification) -> String {
        let diff = SchemaDifference.text(verification.differences)
        return diff + "drift: \(SchemaReport.summary(verification.differences))\n  next: \(next(verification))\n"
    }

    private static func next(_ verification: SchemaVerification) -> String {
        if verification.replayed.isEmpty {
            return "no migration is recorded: where files have made this schema, record them with parley migrate baseline"
        }
        let repair = "write a migration for what should stay, and undo by hand what should not"
        return [repair, SchemaReport.hint(verification.differences)].compactMap(\.self).joined(separator: "; ")
    }
}
