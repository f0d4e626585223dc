import ArgumentParser
import Glibc
import Logging
import ParleyServer
import ServiceLifecycle
import Synchronization

/// Runs a service until it ends, or until SIGTERM or SIGINT tells it to.
///
/// - Parameters:
///   - onHangUp: what SIGHUP does, where it does not end the process.
///   - onSecondSignal: the last thing to do before a second SIGTERM or SIGINT ends the process at once; nil where it does not.
func runUntilSignal(
    _ service: any Service,
    onHangUp: (@Sendable () -> Void)? = nil,
    onSecondSignal: (@Sendable () -> Void)? = sayThatItEnds
) async throws {
    let configuration = ServiceGroupConfiguration(
        services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
        logger: .silent
    )
    let group = ServiceGroup(configuration: configuration)
    var signals = SignalSources()
    signals.handle([SIGTERM, SIGINT]) { signal, count in
        if count == 1 { Task { await group.triggerGracefulShutdown() } }
        guard count > 1, let onSecondSignal else { return }
        onSecondSignal()
        // The status that a shell gives to a process which this signal has killed.
        _exit(128 + signal)
    }
    if let onHangUp { signals.handle([SIGHUP]) { _, _ in onHangUp() } }
    defer { signals.cancel() }
    try await group.run()
}

@Sendable func sayThatItEnds() {
    writeError("ended at once: what was not complete is undone by the next command that opens the database")
}

/// The same for work whose result is wanted.
func runUntilSignal<Result: Sendable>(
    _ service: (@escaping @Sendable () async throws -> Void) -> any Service,
    onSecondSignal: (@Sendable () -> Void)? = sayThatItEnds,
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let done = Mutex<Result?>(nil)
    try await runUntilSignal(
        service {
            let result = try await work()
            done.withLock { $0 = result }
        },
        onSecondSignal: onSecondSignal
    )
    guard let result = done.withLock({ $0 }) else { throw CancellationError() }
    return result
}

extension Logger {
    /// For commands, which tell people themselves what they do.
    static let silent = Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs a command's work and turns its errors into a message on standard error and an exit status.
func exitingWithStatus(flushing sink: LogSink? = nil, _ body: () async throws -> Void) async throws {
    defer { sink?.flush() }
    do {
        try await body()
    } catch let error as ApplicationError {
        sink?.flush()
        writeError(Paint(.standardError).diagnosis(error.description))
        throw ExitCode(error.exitCode)
    } catch is CancellationError {
        writeError("stopped before anything was changed")
        throw ExitCode(3)
    }
}

/// Asks on standard error, since standard output may be a pipe that wants a document. Whatever is not a yes ends the command.
func requireYes(to question: String) throws {
    fflush(nil)
    let prompt = "\(question) [y/N] "
    _ = unsafe prompt.withCString { unsafe write(STDERR_FILENO, $0, prompt.utf8.count) }
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
        writeError("nothing was changed")
        throw ExitCode(1)
    }
}

/// Writes to standard output, and makes sure that it has arrived: a document that is cut off by a full disk must not look like a success.
///
/// - Throws: the exit status 2, with the reason on standard error; a pipe that nobody reads any more gets none, as with other tools.
func writeOutput(_ text: String) throws(ExitCode) {
    // Unbuffered, so that nothing waits for the end of the process, or is lost when it is killed.
    guard let reason = write(text, to: STDOUT_FILENO) else { return }
    if reason != EPIPE { writeError("error: standard output cannot be written: \(unsafe String(cString: strerror(reason)))") }
    throw ExitCode(2)
}

/// - Returns: the `errno` of a write that failed, or nil.
private func write(_ text: String, to descriptor: CInt) -> CInt? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let reason = count < 0 ? errno : 0
        // Whoever shares a terminal or pipe with us may have set it not to block.
        if reason == EAGAIN { waitUntilWritable(descriptor) } else if reason != 0, reason != EINTR { return reason }
        rest = rest.dropFirst(max(0, count))
    }
    return nil
}

private func waitUntilWritable(_ descriptor: CInt) {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    unsafe poll(&request, 1, -1)
}

/// Ends a command whose options or environment cannot be. Its usage is not printed as well: the sentence says what to do.
func usageError(_ messages: [String]) -> ExitCode {
    writeError(messages.map { "Error: \($0)" }.joined(separator: "\n"))
    return .validationFailure
}

/// Standard error, unbuffered: what a killed process has said is not lost.
func writeError(_ message: String) {
    let line = message.hasSuffix("\n") ? message : message + "\n"
    _ = unsafe line.withCString { unsafe write(STDERR_FILENO, $0, line.utf8.count) }
}
