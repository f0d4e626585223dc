import ArgumentParser
import Glibc
import Logging
import ParleyServer
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Runs a service until it ends, or until SIGTERM or SIGINT tells it to.
func runUntilSignal(_ service: any Service) async throws {
    let configuration = ServiceGroupConfiguration(
        services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: .silent
    )
    try await ServiceGroup(configuration: configuration).run()
}

/// The same for work whose result is wanted.
func runUntilSignal<Result: Sendable>(
    _ service: (@escaping @Sendable () async throws -> Void) -> any Service,
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let done = Mutex<Result?>(nil)
    try await runUntilSignal(
        service {
            let result = try await work()
            done.withLock { $0 = result }
        }
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

/// Standard error, unbuffered: what a killed process has said is not lost.
func writeError(_ message: String) {
    let line = message.hasSuffix("\n") ? message : message + "\n"
    _ = unsafe line.withCString { unsafe write(STDERR_FILENO, $0, line.utf8.count) }
}
