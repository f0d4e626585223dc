import Glibc
import Synchronization

/// The database file and its write-ahead log, as they were when they were opened.
///
/// SQLite goes on writing to a file that was removed or renamed, and nothing that it writes there is found at the next start
/// (<https://www.sqlite.org/howtocorrupt.html#unlink>). Only the names can tell: each has to lead to the same file as before.
final class OpenedFiles: Sendable {
    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t

        init?(_ path: String) {
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return nil }
            (device, inode) = (status.st_dev, status.st_ino)
        }
    }

    /// As it was given: a link that leads elsewhere since is noticed too.
    private let path: String
    /// Without links, as SQLite names the log after it.
    private let file: String
    private let database: Identity?
    /// Nil until there is one: SQLite makes a new database's log with its first transaction, and a rollback journal is none.
    private let log: Mutex<Identity?>

    private var logPath: String { file + "-wal" }

    init(_ path: String) {
        self.path = path
        file = CanonicalPath.of(path)
        database = Identity(path)
        log = Mutex(Identity(file + "-wal"))
    }

    /// Whether both are where they were. Two system calls, neither of which touches the disk.
    var areInPlace: Bool {
        let now = Identity(logPath)
        let isLogInPlace = log.withLock { log in
            log = log ?? now
            return log == now
        }
        return isLogInPlace && Identity(path) == database
    }

    /// - Throws: ``DatabaseError/Code/replaced``.
    func requireInPlace() throws(DatabaseError) {
        guard !areInPlace else { return }
        throw DatabaseError(
            .replaced,
            "\(path) or its write-ahead log was moved, removed or replaced while it was open: put it back, or stop the server and start it again"
        )
    }

    var statistics: DatabaseStatistics.File {
        .init(bytes: Directory.size(of: file), logBytes: Directory.size(of: logPath), freeBytes: freeBytes, isInPlace: areInPlace)
    }

    private var freeBytes: Int? {
        var status = statvfs()
        guard unsafe statvfs(CanonicalPath.split(file).directory, &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
