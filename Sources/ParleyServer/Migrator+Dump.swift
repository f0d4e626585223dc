import Migrations

extension Migrator {
    /// The schema as SQL; the database is only read.
    ///
    /// - Parameter ignored: tables to leave out, because another program keeps them.
    /// - Throws: ``ApplicationError``.
    public func dump(ignoring ignored: [String] = []) async throws -> DumpReport {
        try await mapped {
            try await inspecting { database in DumpReport(try await SchemaDump(of: database, ignoring: ignored)) }
        }
    }
}
