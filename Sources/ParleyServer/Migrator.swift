import Database
import Glibc
public import Logging
public import Migrations

/// The migrations of a database without a server: what `parley migrate` does.
public struct Migrator: Sendable {
    let settings: Settings
    let logger: Logger

    public init(settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// What `migrate status` tells.
    public struct Status: Sendable {
        /// For people.
        public let table: String
        /// The document of `GET /migrations`.
        public let json: [UInt8]
        public let hasPending: Bool
        /// What would stop a run, as a diagnosis; nil where nothing would.
        public let diagnosis: String?
    }

    /// Looks at the database without writing to it; where there is none yet, everything is pending.
    ///
    /// - Throws: ``ApplicationError``.
    public func status() async throws -> Status {
        let plan = try await mapped { try await lookAtPlan() }
        let progress = MigrationProgress(lookingAt: plan)
        return Status(
            table: MigrationStatusTable(progress: progress).text,
            json: progress.document,
            hasPending: !plan.pending.isEmpty,
            diagnosis: plan.errors.isEmpty ? nil : MigrationFailure(plan.errors).diagnosis(directory: settings.migrations)
        )
    }

    /// Applies what is pending. Where nothing is, the database is only read, and a running server is not disturbed.
    ///
    /// - Throws: ``ApplicationError``.
    public func up(observer: @escaping @Sendable (MigrationEvent) -> Void) async throws {
        try await mapped {
            guard try await hasWork() else { return try await run(on: try await openForReading(), observer) }
            let opened = try await OpenedDatabase.open(settings, logger: logger) { _ in observer(.waitingForLock) }
            try await run(on: opened.database, observer)
            withExtendedLifetime(opened) {}
        }
    }

    /// Whether the database has to be written. Only a writer can take back what a killed process has left half done in a rollback journal,
    /// so a database that cannot be read for that reason has to be.
    private func hasWork() async throws -> Bool {
        do {
            let plan = try await lookAtPlan()
            return plan.hasWork && plan.errors.isEmpty
        } catch let failure as MigrationFailure where failure.errors.first?.cause?.code == .readOnly {
            return true
        } catch let error as DatabaseError where error.code == .readOnly {
            return true
        }
    }

    private func run(on database: SQLiteDatabase, _ observer: @escaping @Sendable (MigrationEvent) -> Void) async throws {
        let result = await Swift.Result { try await service(database, observer).runMigrations() }
        try await database.close()
        _ = try result.get()
    }

    private func lookAtPlan() async throws -> MigrationPlan {
        let database = try await openForReading()
        let plan = await Swift.Result { try await service(database) { _ in }.plan() }
        try await database.close()
        return try plan.get()
    }

    private func openForReading() async throws -> SQLiteDatabase {
        if case .file(let path) = settings.database { try DatabaseFileCheck.require(path) }
        do {
            return try await SQLiteDatabase.open(SQLiteConfiguration(location: settings.database, isReadOnly: true), logger: logger)
        } catch let error as DatabaseError where error.code == .cannotOpen && isMissing {
            // No file yet is as good as an empty one.
            return try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: logger)
        }
    }

    private var isMissing: Bool {
        unsafe access(settings.databasePath, F_OK) != 0 && errno == ENOENT
    }

    private func service(_ database: SQLiteDatabase, _ observer: @escaping @Sendable (MigrationEvent) -> Void) -> MigrationService {
        MigrationService(
            database: database,
            directory: settings.migrations,
            options: MigrationOptions(settings),
            logger: logger,
            observer: observer
        )
    }

    func mapped<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw ApplicationError(error, settings) ?? error }
    }
}

extension Swift.Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
