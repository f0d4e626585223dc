import Database
public import Migrations

extension Migrator {
    /// Runs as ``up(to:observer:)`` does, and reports instead of throwing.
    public func reportedUp(to target: Int? = nil, observer: @escaping @Sendable (MigrationEvent) -> Void = { _ in }) async throws
        -> UpReport
    {
        try await report(isDryRun: false, to: target, observer) { try await up(to: target, observer: $0) }
    }

    /// Applies what is pending to a copy of the database, and throws the copy away: what there is to know before the run itself. The database
    /// is only read, and a server may be serving it meanwhile.
    public func dryRun(to target: Int? = nil, observer: @escaping @Sendable (MigrationEvent) -> Void = { _ in }) async throws -> UpReport {
        try await report(isDryRun: true, to: target, observer) { observer in try await mapped { try await rehearse(target, observer) } }
    }

    /// - Throws: what is no ``ApplicationError``.
    private func report(
        isDryRun: Bool,
        to target: Int?,
        _ observer: @escaping @Sendable (MigrationEvent) -> Void,
        _ body: (@escaping @Sendable (MigrationEvent) -> Void) async throws -> Void
    ) async throws -> UpReport {
        let recorder = UpRecorder()
        do {
            try await body { event in
                recorder.record(event)
                observer(event)
            }
            return recorder.report(isDryRun: isDryRun, to: target, failure: nil)
        } catch let failure as ApplicationError {
            return recorder.report(isDryRun: isDryRun, to: target, failure: failure)
        }
    }

    private func rehearse(_ target: Int?, _ observer: @escaping @Sendable (MigrationEvent) -> Void) async throws {
        var options = options(to: target)
        // A copy that is thrown away needs no backup.
        options.backups = nil
        try await reading { [options] database in
            let service = service(database, options, observer)
            let plan = try await service.plan()
            if plan.hasWork && plan.errors.isEmpty {
                try await rehearse(on: database, options, observer)
            } else {
                // It ends before it writes: with what is wrong, or with nothing to do.
                try await service.runMigrations(plan)
            }
        }
    }

    private func rehearse(
        on database: SQLiteDatabase,
        _ options: MigrationOptions,
        _ observer: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws {
        let scratch = try ScratchDirectory(beside: BackupStore(database: settings.databasePath).database)
        defer { scratch.remove() }
        let path = scratch.file("copy.db")
        do { try await database.backup(to: path) } catch let error as DatabaseError { throw Self.explained(error, scratch) }
        let copy = try await SQLiteDatabase.open(
            SQLiteConfiguration(location: .file(path), synchronous: .normal, readers: 1),
            logger: logger
        )
        _ = try await copy.lent { copy in try await service(copy, options, observer).runMigrations() }
    }

    /// Why there is no copy.
    private static func explained(_ error: DatabaseError, _ scratch: ScratchDirectory) -> any Error {
        switch error.code {
        case .storageFull:
            let message = "there is no room for the copy of a dry run in \(scratch.path): free as much space as the database takes"
            return DatabaseError(.storageFull, engineCode: error.engineCode, message)
        case .interrupted:
            return MigrationFailure([MigrationError(.cancelled, .backUp, "the dry run was stopped", recovery: "run it again")])
        default:
            return error
        }
    }
}
