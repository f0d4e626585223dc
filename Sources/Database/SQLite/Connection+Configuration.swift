import CSQLite
import Glibc
import Logging

extension Connection {
    /// A connection that may write.
    convenience init(configuration: SQLiteConfiguration) throws(DatabaseError) {
        try self.init(path: configuration.location.path, access: .readWriteCreate)
        // SQLite opens a file that may not be written for reading, and says nothing before the first write.
        guard !isFileReadOnly else { throw DatabaseError(.readOnly, "the file may not be written: \(configuration.location.path)") }
        setBusyTimeout(configuration.busyTimeout)
    }

    /// A connection that only reads, and leaves every checkpoint to the writer.
    convenience init(readerFor configuration: SQLiteConfiguration) throws {
        try self.init(path: configuration.location.path, access: .read)
        setBusyTimeout(configuration.busyTimeout)
        try execute("PRAGMA query_only = ON")
        try execute("PRAGMA wal_autocheckpoint = 0")
    }

    /// Switches a file to its write-ahead log where that is possible; returns whether it is in use.
    func useWriteAheadLog(_ configuration: SQLiteConfiguration, logger: Logger) throws -> Bool {
        guard case .file(let path) = configuration.location else { return false }
        if let fileSystem = NetworkFileSystem(of: path) {
            // Its readers and writers share memory, which a network cannot: https://www.sqlite.org/wal.html#noshm
            logger.warning(
                "the database is on a network file system, where SQLite's locks are unreliable: use a local disk",
                metadata: ["path": "\(path)", "file_system": "\(fileSystem.rawValue)", "journal_mode": "delete"]
            )
            return try switchJournal(to: "DELETE", timeout: configuration.busyTimeout) == "wal"
        }
        return try switchJournal(to: configuration.journal.rawValue, timeout: configuration.busyTimeout) == "wal"
    }

    /// Changing the journal mode ignores the busy timeout, so whoever meets another process at it has to try again.
    @discardableResult
    func switchJournal(to mode: String, timeout: Duration) throws -> String {
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                return try first("PRAGMA journal_mode = \(mode)") { $0.text(0) } ?? ""
            } catch let error as DatabaseError where error.code == .busy && .now < deadline {
                usleep(2_000)
            }
        }
    }

    /// Runs `body` with foreign keys off, and on again afterwards, and with a way to interrupt it.
    func asSchemaSession<Result>(
        _ interruption: Interruption,
        _ body: (any SchemaSession) throws -> Result
    ) throws -> Result {
        try execute("PRAGMA foreign_keys = OFF")
        defer { _ = try? execute("PRAGMA foreign_keys = ON") }
        return try interruptible(by: interruption) { try body(SQLiteSchemaSession(self, interruption)) }
    }
}

extension SQLiteConfiguration.Location {
    /// The name that SQLite opens.
    var path: String {
        switch self {
        case .file(let path): path
        case .memory: ":memory:"
        }
    }
}
