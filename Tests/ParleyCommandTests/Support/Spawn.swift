import Glibc
import Synchronization

/// Starting processes. One at a time: a pipe that is not yet marked to be closed would stay open in a process started meanwhile, and never end.
enum Spawn {
    private static let turn = Mutex(())

    struct Failure: Error {
        let reason: String
    }

    /// A process whose output comes out of two pipes.
    ///
    /// - Parameters:
    ///   - input: the path of what it reads as its standard input.
    ///   - passed: descriptors that it gets as 3, 4 …
    static func run(
        _ executable: String,
        _ arguments: [String],
        _ environment: [String: String],
        input: String,
        passing passed: [CInt] = []
    ) throws -> (pid: pid_t, output: CInt, errors: CInt) {
        try turn.withLock { _ in
            let (output, errors) = (try pipe(), try pipe())
            defer {
                close(output.writing)
                close(errors.writing)
            }
            let variables = environment.map { "\($0.key)=\($0.value)" }
            let descriptors = [output.writing, errors.writing] + passed
            let pid = try spawn([executable] + arguments, variables, input: input, descriptors: descriptors)
            return (pid, output.reading, errors.reading)
        }
    }

    /// Waits for the end of a process: its exit status, or 128 and the signal as a shell has it.
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    private static func pipe() throws -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Failure(reason: "no pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// - Parameter descriptors: what it gets as 1, 2 …
    private static func spawn(_ arguments: [String], _ environment: [String], input: String, descriptors: [CInt]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY | O_NOCTTY, 0)
        // Copies above all others first: one that is 3 already must not be overwritten before its turn.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 200) }
        defer { for copy in copies { close(copy) } }
        for (index, copy) in copies.enumerated() { unsafe posix_spawn_file_actions_adddup2(&actions, copy, CInt(index + 1)) }
        let (argv, envp) = unsafe (arguments.map { unsafe strdup($0) }, environment.map { unsafe strdup($0) })
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let error = unsafe posix_spawn(&pid, arguments[0], &actions, nil, argv + [nil], envp + [nil])
        guard error == 0 else { throw Failure(reason: "\(arguments[0]) cannot be started: \(error)") }
        return pid
    }
}
