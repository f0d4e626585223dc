public import Database

/// The schema of a database as SQL that makes it anew, with the list of its migrations.
///
/// The same schema gives the same text, however it came about and on whatever machine, so the text can be kept and compared.
public struct SchemaDump: Sendable {
    /// Oldest first.
    public let applied: [AppliedMigration]
    /// What the database has, without the record.
    public let schema: SchemaSnapshot

    /// Reads record and schema in one snapshot.
    ///
    /// - Parameters:
    ///   - database: what is read; nothing in it changes.
    ///   - ignored: tables and views to leave out with their indexes and triggers, because another program keeps them.
    /// - Throws: ``MigrationFailure`` where they cannot be read.
    public init(of database: any DatabaseBridge, ignoring ignored: [String] = []) async throws(MigrationFailure) {
        let live = try await LiveSchema(of: database)
        (applied, schema) = (live.applied, live.schema.without(ignored))
    }

    /// A script: `sqlite3 new.db < dump.sql` makes the schema. Times are left out, since they differ between databases.
    public var text: String {
        (header + [""] + schema.sortedObjects.map { Self.statement($0.sql ?? "") }).joined(separator: "\n") + "\n"
    }

    private var header: [String] {
        guard !applied.isEmpty else { return ["-- The schema of a database without a record of migrations."] }
        let rows = applied.map { "--   \($0.filename) \($0.checksum ?? "(checksum unknown)")".onOneLine }
        return ["-- The schema of a database on which these migrations are recorded, in the order of their application:"] + rows
    }

    private static func statement(_ sql: String) -> String {
        var tokens = SQLTokens(sql)
        while tokens.next() != nil {}
        return sql + (tokens.endsInLineComment ? "\n;" : ";")
    }
}
