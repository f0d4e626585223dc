import ArgumentParser
import Logging
import ParleyServer
import ServiceLifecycle

struct MigrateUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Apply every pending migration, in order.",
        discussion: """
            Each file runs in a transaction of its own, together with its record. A file that fails is rolled back whole; those before it \
            stay applied, and the next run continues with it. Any number of processes may do this at once. A server does the same when it starts.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var migration: MigrationOptions

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print each file when it begins, and each statement.")
    var verbose = false

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose cannot be had together") }
    }

    func run() async throws {
        let settings = try Settings(database, migration)
        let migrator = Migrator(settings: settings, logger: Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() })
        let display = MigrationDisplay(quiet ? .quiet : verbose ? .verbose : .normal)
        try await exitingWithStatus {
            defer { display.end() }
            try await runUntilSignal(Work { try await cancelWhenGracefulShutdown { try await migrator.up(observer: display.show) } })
        }
    }

    private struct Work: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws { try await body() }
    }
}
