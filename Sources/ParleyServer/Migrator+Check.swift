import Database
import Migrations

extension Migrator {
    /// Looks at the files alone: the database of the settings is not opened.
    ///
    /// - Throws: ``ApplicationError``.
    public func check() async throws -> MigrationCheckReport {
        try await mapped {
            let scratch = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: logger)
            let result = await Swift.Result { try await MigrationCheck(directory: settings.migrations, scratch: scratch).run() }
            try await scratch.close()
            return MigrationCheckReport(try result.get())
        }
    }
}
