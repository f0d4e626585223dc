import Conversations
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
        let result = try await service.runMigrations()
        try await requireTable(in: database, after: result)
    }

    /// An empty directory, or another program's, is in order as far as the engine can know, and here would be an error for each request.
    private func requireTable(in database: SQLiteDatabase, after result: MigrationExecutionResult) async throws {
        do {
            try await ConversationRepository(database: database).requireTable()
        } catch let error as DatabaseError where error.code == .invalidStatement {
            var failure = MigrationFailure(
                [MigrationError(noTableIn: settings.migrations, error)],
                applied: result.applied.map(\.filename),
                backup: result.backup
            )
            failure.database = result.backup.map { _ in settings.resolvedDatabasePath }
            let event = MigrationEvent.failed(failure)
            event.log(to: logger)
            state.record(event)
            throw failure
        }
    }
}

extension MigrationError {
    fileprivate init(noTableIn directory: String, _ error: DatabaseError) {
        self.init(
            .tableMissing,
            .validate,
            "the migrations in \(directory) make no table conversations that can be served: \(error.message)",
            recovery: "name the right directory with --migrations"
        )
        cause = error
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
