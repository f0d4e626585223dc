import ArgumentParser
import Database
import Glibc
import Logging
import Migrations
import ParleyServer

struct MigrateUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Apply every pending migration, in order.",
        discussion: """
            Each file runs in a transaction of its own, together with its record. A file that fails is rolled back whole; those before it \
            stay applied, and the next run continues with it. Any number of processes may do this at once. A server does the same when it starts. \
            Where the database has tables, a backup is made first; see parley backup --help.

            With --dry-run the files run on a copy of the database, which is removed again: the database itself is only read, and a server may \
            be using it.

            Exit status: 0 everything is applied, or would be; 2 the database cannot be used; 3 a file failed, or the files are not in order; \
            4 another process holds the database.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var migration: MigrationOptions
    @OptionGroup var up: UpOptions

    func run() async throws {
        let settings = try Settings(database, migration)
        let migrator = Migrator(settings: settings, logger: Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() })
        if up.wantsReport { return try await printReport(of: migrator) }
        let target = up.to
        let isQuiet = up.quiet
        try await exitingWithStatus {
            try await runUntilSignal(CancellableWork { try await migrator.up(to: target) { if !isQuiet { Self.show($0) } } })
        }
    }

    private static func show(_ event: MigrationEvent) {
        switch event {
        case .applied(let file):
            print("applied \(file.filename) (\(count(file.statements, "statement")), \(file.duration.milliseconds) ms)")
        case .appliedElsewhere(let file): print("\(file.filename) was applied by another process in the meantime")
        case .backedUp(let path, let bytes, let duration):
            print("backup made: \(path) (\(ByteCount.text(bytes)), \(duration.milliseconds) ms)")
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
