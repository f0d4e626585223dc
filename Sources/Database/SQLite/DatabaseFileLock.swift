import Glibc

/// Keeps a second server away from a database file: an advisory lock on `<database>.lock`, which the kernel lets go of when the process
/// ends, however it ends. See flock(2).
public struct DatabaseFileLock: ~Copyable, Sendable {
    private let descriptor: CInt

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        // A process that is being started has a copy of the descriptor until its exec: closing ours would leave the lock to it.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
    }

    /// Takes the lock, waiting for another process to let go of it.
    ///
    /// - Parameters:
    ///   - database: the path of the database file; the lock file is made beside it, and stays.
    ///   - timeout: how long to wait; zero tries once.
    /// - Throws: ``DatabaseError``: `heldByAnotherProcess` with the process in its message, `cannotOpen`; `CancellationError`.
    public static func acquire(for database: String, timeout: Duration) async throws -> DatabaseFileLock {
        let path = CanonicalPath.of(database) + ".lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatabaseError(.cannotOpen, refusal(path, errno))
        }
        let lock = DatabaseFileLock(descriptor: descriptor)
        let deadline = ContinuousClock.now + timeout
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw FileDurability.error("cannot lock \(path)") }
            guard .now < deadline else { throw lock.heldError(database, timeout) }
            try await Task.sleep(for: .milliseconds(50))
        }
        lock.writeHolder()
        return lock
    }

    private static func refusal(_ path: String, _ reason: CInt) -> String {
        let text = unsafe "cannot open the lock file \(path): \(String(cString: strerror(reason)))"
        guard reason == EACCES else { return text }
        let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        return text + "; the user \(geteuid()) has to be allowed to write in \(directory)"
    }

    /// The holder's process id stands in the file for whoever waits; the lock itself does not depend on it.
    private func writeHolder() {
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = unsafe text.withCString { unsafe pwrite(descriptor, $0, text.utf8.count, 0) }
    }

    /// The process that has the lock, as the lock file says; nil where it says nothing.
    public static func holder(of database: String) -> Int? {
        let descriptor = unsafe open(CanonicalPath.of(database) + ".lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        return holder(in: descriptor)
    }

    private static func holder(in descriptor: CInt) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return Int(text.prefix { $0.isASCII && $0.isNumber })
    }

    private func heldError(_ database: String, _ timeout: Duration) -> DatabaseError {
        let holder = Self.holder(in: descriptor).map { "process \($0)" } ?? "another process"
        return DatabaseError(
            .heldByAnotherProcess,
            "\(database) is held by \(holder)\(timeout > .zero ? ", for longer than \(timeout)" : ""): stop that process, or use another file"
        )
    }
}
