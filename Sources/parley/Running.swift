import ArgumentParser
import Glibc
import Logging
import ParleyServer
import ServiceLifecycle

/// GNU timeout, and what kills a process together with its group, sends one wish twice; nobody presses ^C twice in this time.
private let echo = Duration.milliseconds(100)

/// Runs a service until it ends, or until SIGTERM or SIGINT tells it to.
///
/// - Parameters:
///   - onHangUp: what SIGHUP does.
///   - beforeAbruptEnd: the last thing to do before a second SIGTERM or SIGINT ends the process at once.
func runUntilSignal(
    _ service: any Service,
    onHangUp: @escaping @Sendable () -> Void,
    beforeAbruptEnd: @escaping @Sendable () -> Void
) async throws {
    let configuration = ServiceGroupConfiguration(
        services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
        logger: .silent
    )
    let group = ServiceGroup(configuration: configuration)
    var signals = SignalSources()
    signals.handle([SIGTERM, SIGINT], ignoringEchoesFor: echo) { signal, count in
        guard count > 1 else {
            Task { await group.triggerGracefulShutdown() }
            return
        }
        beforeAbruptEnd()
        endAtOnce(signal)
    }
    signals.handle([SIGHUP]) { _, _ in onHangUp() }
    defer { signals.cancel() }
    try await group.run()
}

/// Runs work that SIGTERM and SIGINT cancel; a second one ends the process at once.
func cancelledBySignals<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let running = Task { try await work() }
    var signals = SignalSources()
    signals.handle([SIGTERM, SIGINT], ignoringEchoesFor: echo) { signal, count in
        running.cancel()
        guard count > 1 else { return }
        writeError("ended at once: the next command that opens the database undoes what was not complete")
        endAtOnce(signal)
    }
    defer { signals.cancel() }
    return try await running.value
}

/// Runs work that SIGTERM and SIGINT wait for.
func uninterrupted<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
    var signals = SignalSources()
    signals.handle([SIGTERM, SIGINT]) { _, _ in }
    defer { signals.cancel() }
    return try await work()
}

/// The status is the one that a shell gives to a process which this signal has killed.
private func endAtOnce(_ signal: Int32) -> Never {
    _exit(128 + signal)
}

extension Logger {
    /// For commands, which tell people themselves what they do.
    static let silent = Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs a server and turns its errors into lines of its log and an exit status. The diagnosis for people stands below a log for
/// people only: whoever reads JSON gets nothing else.
func exitingWithStatus(logging sink: LogSink, as format: LogFormat, _ body: () async throws -> Void) async throws {
    defer { sink.flush() }
    do {
        try await body()
    } catch let error as ApplicationError {
        error.log(to: sink, as: format)
        sink.flush()
        if format == .text { writeError(Paint(.standardError).diagnosis(error.description)) }
        throw ExitCode(error.exitCode)
    }
}

/// Runs a command's work and turns its errors into a message on standard error and an exit status.
func exitingWithStatus(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as ApplicationError {
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
