import ArgumentParser
import ParleyServer

struct MigrateDump: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        _superCommandName: "parley migrate",
        abstract: "Print the schema as SQL.",
        discussion: """
            Tables, indexes, views and triggers, sorted, so that the same schema gives the same text on every machine; which migrations are \
            recorded stands in comments at the top. The database is only read; a server may go on using it. To make a database of it:
              parley migrate dump > schema.sql
              sqlite3 new.db < schema.sql
              parley migrate baseline --database new.db

            Exit status:
              0  printed
              2  the database cannot be used
              3  the table "migrations" is another program's
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let migrator = Migrator(settings: try Settings(database), logger: .silent)
        try await report.exitingWithStatus(of: "dump") {
            let dump = try await migrator.dump(ignoring: comparison.ignore)
            try report.show(dump.text, dump.json)
        }
    }
}
