import Database
import Logging

/// A database that this process has to itself.
final class OpenedDatabase: Sendable {
    let database: SQLiteDatabase
    private let lock: DatabaseFileLock?

    private init(_ database: SQLiteDatabase, lock: consuming DatabaseFileLock?) {
        self.database = database
        self.lock = lock
    }

    /// Takes the file lock and opens the database.
    ///
    /// - Parameters:
    ///   - readers: how many may read at the same time.
    ///   - deadline: when to stop waiting for programs that lock the file itself; nil for the default of each statement.
    ///   - onNew: called before a file is made.
    ///   - onWait: told why this takes time.
    ///
    /// - Throws: ``Database/DatabaseError``, `CancellationError`.
    static func open(
        _ settings: Settings,
        readers: Int,
        logger: Logger,
        until deadline: ContinuousClock.Instant? = nil,
        onNew: (NewDatabaseFile) -> Void = { _ in },
        onWait: (LockWait) -> Void
    ) async throws -> OpenedDatabase {
        var configuration = SQLiteConfiguration(location: settings.database, synchronous: settings.synchronous, readers: readers)
        guard case .file(let path) = settings.database else {
            return OpenedDatabase(try await SQLiteDatabase.open(configuration, logger: logger), lock: nil)
        }
        try DatabaseFileCheck.require(path)
        let lock = try await acquire(path, settings.lockTimeout, onWait)
        if let deadline { configuration.busyTimeout = max(.zero, deadline - .now) }
        if let new = NewDatabaseFile(settings) { onNew(new) }
        return OpenedDatabase(try await SQLiteDatabase.open(configuration, logger: logger), lock: lock)
    }

    private static func acquire(_ path: String, _ timeout: Duration, _ onWait: (LockWait) -> Void) async throws -> DatabaseFileLock {
        do {
            return try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        } catch let error as DatabaseError where error.code == .heldByAnotherProcess {
            guard timeout > .zero else { throw error }
            onWait(LockWait(reason: error, holder: DatabaseFileLock.holder(of: path), limit: timeout))
            return try await DatabaseFileLock.acquire(for: path, timeout: timeout)
        }
    }
}
