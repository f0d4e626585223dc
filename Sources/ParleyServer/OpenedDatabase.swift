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

    /// Takes the file lock and opens the database; `onWait` is told why this takes time.
    ///
    /// - Parameter readers: how many may read at the same time.
    ///
    /// - Throws: ``Database/DatabaseError``, `CancellationError`.
    static func open(
        _ settings: Settings,
        readers: Int,
        logger: Logger,
        onWait: (DatabaseError) -> Void
    ) async throws -> OpenedDatabase {
        let configuration = SQLiteConfiguration(location: settings.database, synchronous: settings.synchronous, readers: readers)
        guard case .file(let path) = settings.database else {
            return OpenedDatabase(try await SQLiteDatabase.open(configuration, logger: logger), lock: nil)
        }
        try DatabaseFileCheck.require(path)
        let lock = try await acquire(path, settings.lockTimeout, onWait)
        return OpenedDatabase(try await SQLiteDatabase.open(configuration, logger: logger), lock: lock)
    }

    private static func acquire(_ path: String, _ timeout: Duration, _ onWait: (DatabaseError) -> Void) async throws -> DatabaseFileLock {
        do {
            return try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        } catch let error as DatabaseError where error.code == .heldByAnotherProcess {
            onWait(error)
            return try await DatabaseFileLock.acquire(for: path, timeout: timeout)
        }
    }
}
