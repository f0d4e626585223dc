import Database
import DatabaseTesting
import Glibc
import Testing

@Suite struct DatabaseFileLockTests {
    let path: String
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("test.db")
    }

    @Test func `a second holder is told which process has the lock`() async throws {
        let lock = try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        let error = await #expect(throws: DatabaseError.self) { try await acquireAndRelease(timeout: .zero) }
        #expect(error?.code == .heldByAnotherProcess)
        #expect(error?.message.hasPrefix("\(path) is held by process \(getpid()): stop") == true)
        release(lock)
    }

    @Test func `a second holder waits, and gets the lock when the first lets go of it`() async throws {
        let lock = try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        async let second: Void = acquireAndRelease(timeout: .seconds(60))
        release(lock)
        try await second
    }

    @Test func `a lock that was let go of can be taken again`() async throws {
        for _ in 1...3 { try await acquireAndRelease(timeout: .zero) }
    }

    @Test func `whoever is cancelled stops waiting`() async throws {
        let lock = try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        let waiting = Task { try await acquireAndRelease(timeout: .seconds(60)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        release(lock)
    }

    @Test func `the kernel lets go of the lock of a process that dies`() async throws {
        let holder = try HoldingProcess(path + ".lock")
        let error = await #expect(throws: DatabaseError.self) { try await acquireAndRelease(timeout: .zero) }
        #expect(error?.code == .heldByAnotherProcess)
        holder.kill()
        try await acquireAndRelease(timeout: .zero)
    }

    @Test func `a directory that is not there cannot hold a lock`() async throws {
        let missing = directory.file("nothing/test.db")
        let error = await #expect(throws: DatabaseError.self) { _ = try await DatabaseFileLock.acquire(for: missing, timeout: .zero) }
        #expect(error?.code == .cannotOpen && error?.message.hasSuffix("No such file or directory") == true)
    }

    @Test func `a file has one lock, whatever it is called`() async throws {
        let path = try directory.write("", to: "real.db")
        _ = unsafe symlink(path, directory.file("other.db"))
        let lock = try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        await #expect(throws: DatabaseError.self) {
            _ = try await DatabaseFileLock.acquire(for: directory.file("other.db"), timeout: .zero)
        }
        withExtendedLifetime(lock) {}
    }

    private func acquireAndRelease(timeout: Duration) async throws {
        release(try await DatabaseFileLock.acquire(for: path, timeout: timeout))
    }

    private func release(_ lock: consuming DatabaseFileLock) {}
}

/// Another process that holds a lock file, by means of flock(1).
private struct HoldingProcess {
    private let process: pid_t

    /// Returns when the process has the lock.
    init(_ path: String) throws {
        var ends: [CInt] = [0, 0]
        unsafe pipe(&ends)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let words = ["sh", "-c", "exec 9>\"$0\"; flock 9; echo held; exec sleep 60", path]
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        try unsafe #require(posix_spawnp(&process, "sh", &actions, nil, arguments, environ) == 0)
        self.process = process
        close(ends[1])
        var byte: UInt8 = 0
        _ = unsafe read(ends[0], &byte, 1)
        close(ends[0])
    }

    func kill() {
        Glibc.kill(process, SIGKILL)
        var status: CInt = 0
        unsafe waitpid(process, &status, 0)
    }
}
