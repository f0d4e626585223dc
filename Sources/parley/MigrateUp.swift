import ArgumentParser
import ParleyServer

struct MigrateUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        _superCommandName: "parley migrate",
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

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Print each file when it begins, and each statement.")
    var verbose = false

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose cannot be had together") }
    }

    func run() async throws {
        let settings = try Settings(database, migration)
        let migrator = Migrator(settings: settings, logger: .silent)
        if up.wantsReport { return try await printReport(of: migrator) }
        let (target, display) = (up.to, MigrationDisplay(quiet ? .quiet : verbose ? .verbose : .normal, target: up.to))
        try await exitingWithStatus {
            defer { display.end() }
            try await cancelledBySignals { try await migrator.up(to: target, notice: display.note, observer: display.show) }
            try display.requireOutput()
        }
    }
}
