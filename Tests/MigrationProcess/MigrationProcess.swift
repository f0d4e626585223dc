import Database
import Dispatch
import Foundation
import Glibc
import Logging
import Migrations
import Synchronization

/// A program of the tests: it embeds the engine, and dies, is told to stop or runs out of room where its arguments say.
///
///     MigrationProcess DATABASE MIGRATIONS [journal=rollback] [kill-at=EVENT] [stop-at=EVENT] [file-limit=BYTES] …
///
/// It prints the events of its run, or the codes of what went wrong; its exit status is that of `parley migrate up`.
@main
struct MigrationProcess {
    let orders: Orders
    private let events = EventCounter()

    static func main() async {
        guard let orders = Orders(CommandLine.arguments) else { end(with: 64, "usage: MigrationProcess DATABASE MIGRATIONS [key=value …]") }
        orders.applyToProcess()
        await MigrationProcess(orders: orders).run()
    }

    private func run() async -> Never {
        let task = Task { try await migrate() }
        let signals = Self.onSignal(SIGTERM) { task.cancel() }
        do {
            try await task.value
            signals.cancel()
            Self.end(with: 0, events.names)
        } catch let failure as MigrationFailure {
            Self.end(with: 3, failure.errors.map(\.code.rawValue).joined(separator: " "), because: failure.errors.compactMap(\.cause))
        } catch let error as DatabaseError {
            Self.end(with: 2, error.code.rawValue, because: [error])
        } catch {
            Self.end(with: 70, "\(error)")
        }
    }

    private func migrate() async throws {
        let configuration = SQLiteConfiguration(location: .file(orders.database), journal: orders.journal, readers: 1)
        let database = try await SQLiteDatabase.open(configuration, logger: .silent)
        let service = MigrationService(
            database: database,
            directory: orders.migrations,
            options: MigrationOptions(timeout: orders.timeout),
            logger: .silent,
            observer: observe
        )
        try await service.runMigrations()
        try await database.close()
    }

    /// The run stands still while its observer is called, so what is sent here arrives at exactly this event.
    private func observe(_ event: MigrationEvent) {
        orders.applyToThread()
        let number = events.add(event)
        if number == orders.killAt { kill(getpid(), SIGKILL) }
        if number == orders.stopAt { kill(getpid(), SIGTERM) }
    }

    private static func onSignal(_ signal: CInt, _ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        _ = Glibc.signal(signal, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: signal)
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }

    private static func end(with status: CInt, _ line: String, because causes: [DatabaseError] = []) -> Never {
        FileHandle.standardError.write(Data(causes.map { "\($0)\n" }.joined().utf8))
        print(line)
        exit(status)
    }
}

/// The names of the events so far.
private final class EventCounter: Sendable {
    private let seen = Mutex<[String]>([])

    var names: String { seen.withLock { $0.joined(separator: " ") } }

    /// Returns the number of the event, from 1.
    func add(_ event: MigrationEvent) -> Int {
        let name = String(describing: event).prefix { $0.isLetter }
        return seen.withLock { seen in
            seen.append(String(name))
            return seen.count
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}
