import ArgumentParser
import Database
import Glibc
import Logging
import Migrations
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

    func run() async throws {
        let settings = try Settings(database, migration)
        let migrator = Migrator(settings: settings, logger: Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() })
        try await exitingWithStatus {
            try await runUntilSignal(Work { try await cancelWhenGracefulShutdown { try await migrator.up(observer: Self.show) } })
        }
    }

    private struct Work: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws { try await body() }
    }

    private static func show(_ event: MigrationEvent) {
        switch event {
        case .applied(let file):
            print("applied \(file.filename) (\(count(file.statements, "statement")), \(file.duration.milliseconds) ms)")
        case .appliedElsewhere(let file): print("\(file.filename) was applied by another process in the meantime")
        case .planned(let plan):
            for gap in plan.gaps { writeError("note: no file has the numbers \(gap.lowerBound) to \(gap.upperBound)") }
        case .orphansFound(let violations):
            for (key, rows) in violations {
                writeError("warning: \(count(rows, "row")) of \(key.table) had no parent in \(key.parent) before this run")
            }
        case .waitingForLock: writeError("waiting for another process to let go of the database")
        case .finished(let result) where result.applied.isEmpty:
            print("up to date: \(count(result.alreadyApplied, "migration")) applied before")
        case .finished(let result): print("\(count(result.applied.count, "migration")) applied in \(result.duration.milliseconds) ms")
        default: break
        }
        // Into a pipe or a file, print would keep the lines until the process ends, or lose them when it is killed.
        fflush(nil)
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
