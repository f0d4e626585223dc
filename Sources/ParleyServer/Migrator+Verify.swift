import Migrations

extension Migrator {
    /// Replays the applied files in memory and compares what they make with the schema of the database, which is only read.
    ///
    /// - Parameter ignored: tables to leave out, because another program keeps them.
    /// - Throws: ``ApplicationError``.
    public func verify(ignoring ignored: [String] = []) async throws -> VerifyReport {
        try await mapped {
            try await inspecting { database in
                try await withScratch { scratch in
                    let verification = try await SchemaVerification(
                        of: database,
                        directory: settings.migrations,
                        scratch: scratch,
                        ignoring: ignored,
                        allowsNewerSchema: settings.allowsNewerSchema
                    )
                    return VerifyReport(verification)
                }
            }
        }
    }
}
