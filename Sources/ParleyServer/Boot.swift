import Database
import HTTP
import Logging
import Migrations

/// From "listening" to "ready": takes the lock, opens the database, applies what is pending.
struct Boot: Sendable {
    let settings: Settings
    let state: ServerState
    let logger: Logger

    /// - Throws: `DatabaseError`, `MigrationFailure`, `CancellationError`.
    func run() async throws -> OpenedDatabase {
        let start = ContinuousClock.now
        // One reader for each event loop, and some for the rest.
        let readers = settings.serverConfiguration(tls: nil).loops + 2
        let opened = try await OpenedDatabase.open(settings, readers: readers, logger: logger, onNew: log) { wait in
            state.waitForLock()
            logger.notice("waiting for the database", metadata: ["reason": "\(wait.reason.message)"])
        }
        do {
            try await migrate(opened.database)
        } catch {
            try? await opened.database.close()
            throw error
        }
        state.serve(opened.database)
        logger.info(
            "ready",
            metadata: [
                "database": "\(settings.resolvedDatabasePath)", "duration_ms": "\((.now - start).milliseconds)",
                "sqlite": "\(SQLiteDatabase.version)",
            ]
        )
        return opened
    }

    private func log(_ new: NewDatabaseFile) {
        logger.notice("there is no database file, so one is made", metadata: ["database": "\(new.path)"])
        guard let backup = new.backup else { return }
        logger.warning("there are backups of a database of this name", metadata: ["database": "\(new.path)", "newest": "\(backup)"])
    }

    private func migrate(_ database: SQLiteDatabase) async throws {
        let service = MigrationService(
            database: database,
            directory: settings.migrations,
            options: MigrationOptions(settings),
            logger: logger,
            observer: state.record
        )
        try await service.runMigrations()
    }
}

extension MigrationOptions {
    init(_ settings: Settings) {
        self.init(
            allowsOutOfOrder: settings.allowsOutOfOrder,
            allowsNewerSchema: settings.allowsNewerSchema,
            timeout: settings.migrationTimeout,
            lockTimeout: settings.lockTimeout,
            backups: MigrationBackups(settings)
        )
    }
}

extension MigrationBackups {
    /// Nil where the database is in memory, or backups are turned off.
    fileprivate init?(_ settings: Settings) {
        guard case .file(let path) = settings.database, settings.migrationBackups > 0 else { return nil }
        self.init(store: BackupStore(database: path), keep: settings.migrationBackups)
    }
}
