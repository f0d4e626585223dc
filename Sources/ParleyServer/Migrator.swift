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
        /// The document of `GET /migrations`, behind the members `command` and `ok`.
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
        let place = settings.resolvedDatabasePath + (isMissing ? " (there is no file yet)" : "")
        return Status(
            table: "database: \(place)\n\n" + MigrationStatusTable(progress: progress).text,
            json: progress.statusDocument,
            hasPending: !plan.pending.isEmpty,
            diagnosis: plan.errors.isEmpty ? nil : MigrationFailure(plan.errors).diagnosis(directory: settings.migrations)
        )
    }

    /// Applies what is pending. Where nothing is, the database is only read, and a running server is not disturbed.
    ///
    /// - Parameters:
    ///   - target: the number of the last file to apply; nil for all of them.
    ///   - notice: what people should know beside the events, a line or two.
    /// - Throws: ``ApplicationError``.
    public func up(
        to target: Int? = nil,
        notice: (String) -> Void = { _ in },
        observer: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws {
        try await mapped {
            // One limit for every wait: for the lock file, and for programs that lock the database itself.
            let deadline = ContinuousClock.now + settings.lockTimeout
            var options = options(to: target)
            let look = try await look(options, observer)
            if case .finished = look { return }
            let opened = try await OpenedDatabase.open(
                settings,
                readers: 1,
                logger: logger,
                until: deadline,
                onNew: { notice($0.text) },
                onWait: { notice($0.text) }
            )
            options.lockTimeout = max(.zero, deadline - .now)
            try await run(on: opened.database, options, look.known, observer)
            withExtendedLifetime(opened) {}
        }
    }

    private enum Look {
        /// There was nothing to write, or something that stops the run; that has been told.
        case finished
        /// There is something to write.
        case hasWork(MigrationPlan)
        /// Only a writer can take back what a killed process has left half done in a rollback journal: until then nobody can read.
        case unreadable

        var known: MigrationPlan? {
            if case .hasWork(let plan) = self { plan } else { nil }
        }
    }

    private func look(_ options: MigrationOptions, _ observer: @escaping @Sendable (MigrationEvent) -> Void) async throws -> Look {
        do {
            return try await reading(patience: settings.lockTimeout) { database in
                let service = service(database, options, observer)
                let plan = try await service.plan()
                guard !plan.hasWork || !plan.errors.isEmpty else { return .hasWork(plan) }
                try await service.runMigrations(plan)
                return .finished
            }
        } catch let failure as MigrationFailure where failure.errors.first?.cause?.code == .readOnly {
            return .unreadable
        } catch let error as DatabaseError where error.code == .readOnly {
            return .unreadable
        }
    }

    private func run(
        on database: SQLiteDatabase,
        _ options: MigrationOptions,
        _ plan: MigrationPlan?,
        _ observer: @escaping @Sendable (MigrationEvent) -> Void
    ) async throws {
        _ = try await database.lent { database in try await service(database, options, observer).runMigrations(plan) }
    }

    func lookAtPlan() async throws -> MigrationPlan {
        try await explainingReadOnly { try await reading { database in try await service(database) { _ in }.plan() } }
    }

    /// Runs `body` on the database as it is, and closes it.
    ///
    /// - Parameter patience: how long a statement waits for a program that has locked the file.
    func reading<Value>(
        patience: Duration = .seconds(5),
        _ body: (SQLiteDatabase) async throws -> Value
    ) async throws -> Value {
        try await openForReading(patience: patience).lent(to: body)
    }

    func openForReading(patience: Duration = .seconds(5)) async throws -> SQLiteDatabase {
        if case .file(let path) = settings.database { try DatabaseFileCheck.require(path) }
        do {
            let configuration = SQLiteConfiguration(location: settings.database, busyTimeout: patience, isReadOnly: true)
            return try await SQLiteDatabase.open(configuration, logger: logger)
        } catch let error as DatabaseError where error.code == .cannotOpen && isMissing {
            // No file yet is as good as an empty one.
            return try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: logger)
        }
    }

    var isMissing: Bool {
        unsafe access(settings.databasePath, F_OK) != 0 && errno == ENOENT
    }

    /// The settings, and the number of the last file to apply.
    func options(to target: Int?) -> MigrationOptions {
        var options = MigrationOptions(settings)
        options.target = target
        return options
    }

    /// - Parameter options: nil for those of the settings.
    func service(
        _ database: SQLiteDatabase,
        _ options: MigrationOptions? = nil,
        _ observer: @escaping @Sendable (MigrationEvent) -> Void
    ) -> MigrationService {
        MigrationService(
            database: database,
            directory: settings.migrations,
            options: options ?? MigrationOptions(settings),
            logger: logger,
            observer: observer
        )
    }

    func mapped<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw ApplicationError(error, settings) ?? error }
    }
}
