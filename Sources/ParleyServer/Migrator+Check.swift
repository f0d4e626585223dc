import Migrations

extension Migrator {
    /// Looks at the files alone: the database of the settings is not opened.
    ///
    /// - Throws: ``ApplicationError``.
    public func check() async throws -> MigrationCheckReport {
        try await mapped {
            try await withScratch { scratch in
                MigrationCheckReport(try await MigrationCheck(directory: settings.migrations, scratch: scratch).run())
            }
        }
    }
}
