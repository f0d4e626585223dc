import FoundationEssentials
import Glibc
import HTTPTesting
import Synchronization

/// A process of the `parley` that was built beside the tests. It is killed when the test lets go of it.
final class Parley: Sendable {
    /// How a process ended: its exit status, or 128 and the signal as a shell has it.
    typealias Status = Int32

    let output: Output
    let errors: Output
    let pid: pid_t
    private let ended = Ended()

    /// - Parameters:
    ///   - program: the program beside the tests, or the path of another one.
    ///   - environment: what is set beside the tests' own environment.
    ///   - input: the path of its standard input.
    ///   - passed: descriptors that it gets as 3, 4 …
    init(
        _ arguments: [String],
        program: String = "parley",
        environment: [String: String] = [:],
        input: String = "/dev/null",
        passing passed: [CInt] = []
    ) throws {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PARLEY_") }
        let variables = inherited.merging(environment) { $1 }
        let (pid, output, errors) = try Spawn.run(Self.path(of: program), arguments, variables, input: input, passing: passed)
        self.pid = pid
        self.output = Output(of: output)
        self.errors = Output(of: errors)
        Task { [ended] in try await onThread { ended.set(Spawn.wait(for: pid)) } }
    }

    deinit {
        if ended.status == nil { kill(pid, SIGKILL) }
    }

    func send(_ signal: Int32) {
        kill(pid, signal)
    }

    func exit() async -> Status {
        await ended.wait()
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> (status: Status, output: String, errors: String) {
        try await run(arguments: arguments, environment: environment)
    }

    static func run(
        arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> (status: Status, output: String, errors: String) {
        let parley = try Parley(arguments, environment: environment)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    private static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// A program beside the tests, by its name.
    static func path(of program: String) -> String {
        program.hasPrefix("/") ? program : products.appendingPathComponent(program).path
    }
}

/// Whether a process has ended, for anybody who waits for it.
private final class Ended: Sendable {
    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())

    var status: Int32? { state.withLock { $0.status } }

    func set(_ status: Int32) {
        let waiting = state.withLock { state in
            state.status = status
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: status) }
    }

    func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status: Int32? = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }
}
