import CSQLite
import Glibc
public import Logging
import Metrics
import Synchronization

/// A SQLite database behind the seam: one writer with group commit, several readers, a write-ahead log.
///
/// ```swift
/// let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file("parley.db")))
/// try await database.execute("CREATE TABLE note (text TEXT NOT NULL)")
/// ```
///
/// A read runs on the caller's thread and never suspends; a scan has a thread of its own. Checkpoints run on the writer only: SQLite before
/// 3.51.3 can damage a log when one connection checkpoints while another writes (<https://www.sqlite.org/wal.html>).
public final class SQLiteDatabase: DatabaseBridge {
    /// The version of the library that is linked, such as `3.40.1`.
    public static var version: String { unsafe String(cString: sqlite3_libversion()) }

    private let configuration: SQLiteConfiguration
    private let usesLog: Bool
    /// Nil in memory, and where nothing is written.
    private let files: OpenedFiles?
    private let writer: SharedConnection
    private let log: LogLength?
    private let commits: GroupCommit
    private let readers: ReaderPool
    private let scans: ScanPool
    private let isClosed = Atomic<Bool>(false)

    /// Opens the database, creating its file where there is none.
    ///
    /// - Throws: ``DatabaseError``: `cannotOpen`, `notADatabase`, `readOnly`, `busy` …
    public static func open(
        _ configuration: SQLiteConfiguration,
        logger: Logger = Logger(label: "parley.database")
    ) async throws -> SQLiteDatabase {
        // Opening may wait for another process's lock.
        try await offPool { try SQLiteDatabase(opening: configuration, logger: logger) }
    }

    private init(opening configuration: SQLiteConfiguration, logger: Logger) throws {
        self.configuration = configuration
        guard !configuration.isReadOnly else {
            let reader = SharedConnection(try Connection(readerFor: configuration))
            scans = Self.scanPool(configuration, reader, nil)
            let readers = ReaderPool([reader], keepsSnapshots: false)
            (usesLog, files, writer, log, self.readers, commits) = (false, nil, reader, nil, readers, GroupCommit(reader, readers))
            return
        }
        let connection = try Connection(configuration: configuration)
        usesLog = try connection.useWriteAheadLog(configuration, logger: logger)
        try connection.execute("PRAGMA synchronous = \(configuration.synchronous.rawValue)")
        try connection.execute("PRAGMA foreign_keys = ON")
        try connection.execute("PRAGMA journal_size_limit = 67108864")
        log = usesLog ? LogLength() : nil
        log?.follow(connection)
        writer = SharedConnection(connection)
        readers = ReaderPool(try Self.openReaders(configuration) ?? [writer], keepsSnapshots: usesLog)
        files = Self.openedFiles(configuration)
        commits = GroupCommit(writer, readers, log: log, files: files)
        scans = Self.scanPool(configuration, writer, files)
    }

    /// A file's scans have connections of their own; in memory they take turns with everything else.
    private static func scanPool(_ configuration: SQLiteConfiguration, _ writer: SharedConnection, _ files: OpenedFiles?) -> ScanPool {
        ScanPool {
            guard case .file = configuration.location else {
                try writer.withConnection { connection in try connection.defineTextSearch() }
                return writer
            }
            // It would open whatever is at the path by now.
            try files?.requireInPlace()
            let connection = try Connection(readerFor: configuration)
            try connection.defineTextSearch()
            return SharedConnection(connection)
        }
    }

    /// A file's readers; nil in memory, where readers take turns with the writer on the only connection there is.
    private static func openReaders(_ configuration: SQLiteConfiguration) throws -> [SharedConnection]? {
        guard case .file = configuration.location else { return nil }
        return try (0..<configuration.readers).map { _ in
            SharedConnection(try Connection(readerFor: configuration))
        }
    }

    private static func openedFiles(_ configuration: SQLiteConfiguration) -> OpenedFiles? {
        guard case .file(let path) = configuration.location else { return nil }
        return OpenedFiles(path)
    }

    public var isConnected: Bool { !isClosed.load(ordering: .acquiring) }

    public func read<Result: Sendable>(_ body: @Sendable (any Session) throws -> Result) async throws -> Result {
        do {
            return try readers.read(body)
        } catch let error as DatabaseError where needsTakingBack(error) {
            try await takeBackUnfinishedTransaction()
            return try readers.read(body)
        }
    }

    public func scan<Result: Sendable>(
        timeout: Duration?,
        _ body: @escaping @Sendable (any Session) throws -> Result
    ) async throws -> Result {
        let interruption = Interruption(SchemaSessionOptions(timeout: timeout))
        return try await withTaskCancellationHandler {
            do {
                return try await scans.read(interruption, body)
            } catch let error as DatabaseError where needsTakingBack(error) {
                try await takeBackUnfinishedTransaction()
                return try await scans.read(interruption, body)
            }
        } onCancel: {
            interruption.cancel()
        }
    }

    private func needsTakingBack(_ error: DatabaseError) -> Bool {
        error.engineCode == ResultCode.readOnlyRollback && !configuration.isReadOnly
    }

    /// A process that was killed has left its rollback journal. Readers see that, and only a connection that may write can use it:
    /// <https://www.sqlite.org/rescode.html#readonly_rollback>.
    private func takeBackUnfinishedTransaction() async throws {
        try await commits.exclusively {
            _ = try self.writer.withConnection { connection in try connection.first("PRAGMA schema_version") { $0.integer(0) } }
        }
    }

    public func write<Result: Sendable>(_ body: @escaping @Sendable (any Session) throws -> Result) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                commits.submit(TypedWriteJob(body, cancellation, continuation))
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    public func withSchemaSession<Result: Sendable>(
        _ options: SchemaSessionOptions,
        _ body: @escaping @Sendable (any SchemaSession) throws -> Result
    ) async throws -> Result {
        let interruption = Interruption(options)
        return try await withTaskCancellationHandler {
            try await commits.exclusively { try self.runSchemaSession(interruption, body) }
        } onCancel: {
            interruption.cancel()
        }
    }

    private func runSchemaSession<Result: Sendable>(
        _ interruption: Interruption,
        _ body: @Sendable (any SchemaSession) throws -> Result
    ) throws -> Result {
        guard isConnected else { throw DatabaseError.closed }
        guard !configuration.isReadOnly else { throw DatabaseError(.readOnly, "the database was opened to be read") }
        guard case .file = configuration.location else {
            return try writer.withConnection { connection in try connection.asSchemaSession(interruption, body) }
        }
        let connection = try Connection(configuration: configuration)
        return try connection.asSchemaSession(interruption) { session in
            // Reads the file, so it may have to wait for a lock, as long as the session's options say. In rollback-journal mode NORMAL
            // is not quite safe, and there is no checkpoint to make up for it.
            try session.execute("PRAGMA synchronous = \(usesLog ? "NORMAL" : "FULL")")
            return try body(session)
        }
    }

    public func size() async throws -> Int {
        let pages = try await read { session in
            try session.first("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") { $0.integer(0) } ?? 0
        }
        guard case .file(let path) = configuration.location else { return pages }
        var status = stat()
        return unsafe pages + (stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0)
    }

    public var statistics: DatabaseStatistics {
        DatabaseStatistics(
            queuedWrites: commits.queuedWrites,
            begunStatements: writer.begunStatements.current,
            batchSizes: commits.batchSizes.distribution,
            file: files?.statistics
        )
    }

    public func checkStorage() async throws {
        try await commits.exclusively {
            guard self.isConnected else { throw DatabaseError.closed }
            try self.files?.requireInPlace()
            try self.writer.withConnection { connection in
                // Writes the page that has it, so that the log grows and is flushed.
                let version = try connection.first("PRAGMA user_version") { $0.integer(0) } ?? 0
                _ = try connection.execute("PRAGMA user_version = \(version)")
            }
            guard case .file(let path) = self.configuration.location else { return }
            try FileDurability.requireRoom(beside: path)
        }
    }

    /// Cancelling the task ends it within moments, and leaves nothing behind.
    public func backup(to path: String) async throws {
        let interruption = Interruption(SchemaSessionOptions())
        let backup = SQLiteBackup(destination: path, interruption: interruption)
        try await withTaskCancellationHandler {
            try await commits.exclusively {
                guard self.isConnected else { throw DatabaseError.closed }
                try self.writer.withConnection { connection in
                    try connection.stoppable(by: interruption) { try backup.write(from: connection) }
                }
            }
        } onCancel: {
            interruption.cancel()
        }
    }

    public func close() async throws {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        commits.close()
        try await commits.exclusively {
            self.readers.close()
            self.scans.close()
            defer { self.writer.close() }
            guard self.usesLog else { return }
            // Where another program is in the way, the log stays, and whoever opens the database next folds it in.
            _ = try self.writer.withConnection { connection in
                connection.setBusyTimeout(min(self.configuration.busyTimeout, .milliseconds(100)))
                // SQLite removes the log by its name, which may be that of another database's log by now.
                if self.files?.areInPlace == false { connection.keepLogOnClose() }
                return try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }
}
