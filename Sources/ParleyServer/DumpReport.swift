import Database
import Migrations

/// What `parley migrate dump` prints.
public struct DumpReport: Sendable {
    /// SQL.
    public let text: String
    /// For machines.
    public let json: [UInt8]

    init(_ dump: SchemaDump) {
        text = dump.text
        json = CommandDocument.make("dump", ok: true) { json in
            json.member("migrations") { $0.array(dump.applied) { json, row in json.object(row.write) } }
            json.member("objects") { $0.array(dump.schema.sortedObjects) { json, object in json.object(object.write) } }
        }
    }
}

extension AppliedMigration {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("filename", filename)
        json.member("checksum", checksum)
        json.member("applied_at", MigrationProgress.rfc3339(appliedAt))
    }
}

extension SchemaObject {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("type", kind.rawValue)
        json.member("name", name)
        json.member("table", table)
        json.member("sql", sql)
    }
}
