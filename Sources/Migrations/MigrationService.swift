public import Database
public import Logging

/// Brings a database up to date: finds the files, compares them with the record, and applies what is pending, each file in a transaction
/// together with its record.
///
/// ```swift
/// let service = MigrationService(database: database, directory: "migrations")
/// let result = try await service.runMigrations()
/// ```
///
/// Any number of processes may do this at once: each file is applied once, and all of them succeed. A process that is killed at any point
/// leaves whole files behind, and the next run continues.
public struct MigrationService: Sendable {
    private let database: any DatabaseBridge
    private let discovery: MigrationDiscovery
    private let tracking: MigrationTracking
    private let options: MigrationOptions
    private let logger: Logger
    private let observer: @Sendable (MigrationEvent) -> Void

    /// - Parameters:
    ///   - database: what is migrated; the service does not close it.
    ///   - directory: where the files are.
    ///   - options: what is allowed, and the limits of a run.
    ///   - logger: gets a line for each event.
    ///   - observer: gets each event as it happens. The run stands still meanwhile, on a thread of the database: return soon, and do not
    ///     call the database.
    public init(
        database: any DatabaseBridge,
        directory: String,
        options: MigrationOptions = MigrationOptions(),
        logger: Logger = Logger(label: "parley.migrations"),
        observer: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) {
        self.database = database
        self.options = options
        self.logger = logger
        self.observer = observer
        discovery = MigrationDiscovery(directory: directory)
        tracking = MigrationTracking(database: database, logger: logger)
    }

    /// What there is to do. Reads only: not even the record's table is created.
    ///
    /// - Throws: ``MigrationFailure`` where directory or record cannot be read. What stops a run is in the plan's `errors`, and no failure here.
    public func plan() async throws(MigrationFailure) -> MigrationPlan {
        // Before the record the database reads the schema that thousands of files have made, which takes as long as to read those; so both
        // begin at once, and whoever is done helps with the files.
        async let reading = record()
        let listing = try discovery.listing()
        let examined = await examine(listing.files)
        return plan(examined, listing.faults, try await reading.get())
    }

    /// The plan for a record that has been read already, together with the schema or inside of a transaction.
    func plan(for applied: [AppliedMigration]) throws(MigrationFailure) -> MigrationPlan {
        let listing = try discovery.listing()
        return plan(discovery.examine(listing.files[...]), listing.faults, applied)
    }

    private typealias Examined = (files: [MigrationPlan.File], unreadable: [String: MigrationError])

    /// Reads the files in parts, of which whoever is free takes the next.
    private func examine(_ files: [MigrationFile]) async -> Examined {
        let size = 100
        return await withTaskGroup(of: (start: Int, Examined).self) { group in
            for start in stride(from: 0, to: files.count, by: size) {
                group.addTask { (start, discovery.examine(files[start..<min(start + size, files.count)])) }
            }
            let parts = await group.reduce(into: []) { $0.append($1) }.sorted { $0.start < $1.start }.map(\.1)
            return (parts.flatMap(\.files), parts.reduce(into: [:]) { $0.merge($1.unreadable) { first, _ in first } })
        }
    }

    private func plan(_ examined: Examined, _ faults: [MigrationError], _ applied: [AppliedMigration]) -> MigrationPlan {
        MigrationPlan(files: examined.files, applied: applied, nameFaults: faults, options: options) { file in
            examined.unreadable[file.filename].map { [$0] } ?? discovery.faults(in: file)
        }
    }

    /// A value, since an `async let` forgets the type of an error.
    private func record() async -> Result<[AppliedMigration], MigrationFailure> {
        do { return .success(try await tracking.appliedMigrations()) } catch { return .failure(MigrationFailure([error])) }
    }

    /// Applies every pending migration, in order.
    ///
    /// - Parameter plan: what ``plan()`` has returned, where the caller has looked at it; nil makes a new one. The record is read again before the
    ///   run, and in the transaction of each file, which is compared with the plan: a plan that is old does no harm.
    /// - Throws: ``MigrationFailure``: every fault that could be known beforehand, and then nothing has run; or the one that stopped the run,
    ///   and then that file is rolled back whole and those before it stay applied.
    @discardableResult
    public func runMigrations(_ plan: MigrationPlan? = nil) async throws(MigrationFailure) -> MigrationExecutionResult {
        let start = ContinuousClock.now
        do throws(MigrationFailure) {
            let plan = if let plan { try await refreshed(plan) } else { try await self.plan() }
            report(.planned(plan))
            guard plan.errors.isEmpty else { throw MigrationFailure(plan.errors) }
            let backup = try await backUp(before: plan)
            let applied = try await apply(plan, backup)
            let known = plan.entries.count { $0.appliedAt != nil }
            let result = MigrationExecutionResult(applied: applied, alreadyApplied: known, duration: .now - start, backup: backup?.path)
            report(.finished(result))
            return result
        } catch {
            report(.failed(error))
            throw error
        }
    }

    /// The plan with the record as it is now; one without work is as good as it was.
    private func refreshed(_ plan: MigrationPlan) async throws(MigrationFailure) -> MigrationPlan {
        guard plan.hasWork, plan.errors.isEmpty else { return plan }
        return MigrationPlan(files: plan.files, applied: try await record().get(), options: options)
    }

    /// Before the schema session: a backup inside of it would wait for its end.
    private func backUp(before plan: MigrationPlan) async throws(MigrationFailure) -> Backup? {
        guard let backups = options.backups, let first = plan.pending.first else { return nil }
        do {
            guard try await backups.areNeeded(for: database) else { return nil }
            try await requireFree()
            report(.backingUp)
            guard let made = try await backups.run(before: first, of: database) else { return nil }
            report(.backedUp(path: made.backup.path, bytes: made.backup.bytes, duration: made.duration))
            for backup in made.left { logger.warning("an old backup cannot be removed", metadata: ["path": "\(backup.path)"]) }
            return made.backup
        } catch {
            throw error as? MigrationFailure ?? MigrationFailure([MigrationError(backingUp: error)])
        }
    }

    /// A run that cannot begin makes no backup: started again and again, it would push out the older ones.
    private func requireFree() async throws(MigrationFailure) {
        do {
            try await database.withSchemaSession(sessionOptions) { session in try session.transaction {} }
        } catch {
            throw MigrationFailure(any: error)
        }
    }

    private var sessionOptions: SchemaSessionOptions {
        SchemaSessionOptions(timeout: options.timeout, lockTimeout: options.lockTimeout) { report(.waitingForLock) }
    }

    private func apply(_ plan: MigrationPlan, _ backup: Backup?) async throws(MigrationFailure) -> [AppliedFile] {
        guard plan.hasWork else { return [] }
        do {
            return try await database.withSchemaSession(sessionOptions) { session in
                try MigrationRun(session: session, plan: plan, discovery: discovery, report: report).execute()
            }
        } catch {
            var failure = MigrationFailure(any: error)
            failure.backup = backup?.path
            failure.database = backup.flatMap { _ in options.backups?.store.database }
            throw failure
        }
    }

    private func report(_ event: MigrationEvent) {
        event.log(to: logger)
        observer(event)
    }
}

extension MigrationFailure {
    /// Whatever a session throws: a failure of the work in it, or of opening it.
    init(any error: any Error, _ operation: MigrationOperation = .apply) {
        self = error as? MigrationFailure ?? MigrationFailure([MigrationError(any: error, operation)])
    }
}

extension MigrationDiscovery {
    /// What is wrong with a file, found without a database. Its content is not kept: there may be gigabytes of it.
    func faults(in file: MigrationFile) -> [MigrationError] {
        do throws(MigrationError) { return try loadMigrationContent(file).faults } catch { return [error] }
    }
}

extension MigrationContent {
    /// What is wrong with the file, found without a database.
    var faults: [MigrationError] {
        ScriptScanner.scan(bytes).faults.map { fault in
            var error = MigrationError(fault.code, .validate, filename: file.filename, fault.message, recovery: fault.recovery)
            error.location = SourceLocation(offset: fault.offset, in: bytes)
            return error
        }
    }
}
