import Migrations

extension Migrator {
    /// The schema as SQL; the database is only read.
    ///
    /// - Throws: ``ApplicationError``.
    public func dump() async throws -> DumpReport {
        try await mapped {
            try await inspecting { database in DumpReport(try await SchemaDump(of: database)) }
        }
    }
}
