import Glibc

/// Runs a program to its end, without input and output. Not by Foundation's `Process`, which does not always hear of an end here.
///
/// - Returns: its exit status, or -1 where a signal has ended it.
public func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
    try await onThread {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 { unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        let argv = unsafe ([program] + arguments).map { unsafe strdup($0) }
        defer { unsafe argv.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        guard unsafe posix_spawn(&pid, program, &actions, nil, argv + [nil], environ) == 0 else {
            throw Client.Failure(reason: "\(program) cannot be started")
        }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }
}
