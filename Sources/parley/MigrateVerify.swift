import ArgumentParser
import ParleyServer

struct MigrateVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        _superCommandName: "parley migrate",
        abstract: "Compare the schema with what the applied migrations make.",
        discussion: """
            Replays the applied files in memory, in the order of their application, and prints the difference to the schema of the \
            database as a diff: - is what the migrations make, + is what the database has. White space, comments, and the quotes and \
            letter case of names do not count. The database is only read; a server may go on using it. With --allow-newer-schema, what the \
            record has beyond every file here is named, and not replayed.

            Exit status:
              0  no drift
              1  drift: the schemas differ
              2  the database cannot be used
              3  the files are not in order: one that is applied was edited or is gone, or cannot be replayed
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var allowed: NewerSchemaOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let migrator = Migrator(settings: try Settings(database, allowed), logger: .silent)
        try await report.exitingWithStatus(of: "verify") {
            let verification = try await migrator.verify(ignoring: comparison.ignore)
            try report.showDiff(verification.text, verification.json)
            if verification.hasDrift { throw ExitCode(1) }
        }
    }
}
