import ArgumentParser
import ParleyServer

struct MigrateBaseline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        _superCommandName: "parley migrate",
        abstract: "Adopt a database that was made without Parley: record its migrations as applied.",
        discussion: """
            For a database without a record of migrations: made by hand, by another tool, or from a dump. The files up to NUMBER are replayed \
            in memory; where that makes the very schema that the database has, they are recorded as applied, in one transaction, and none of \
            them is run. Where it does not, the differences are printed as a diff, and nothing is changed. Leave out the record of another \
            tool with --ignore.

            Exit status:
              0  recorded
              1  not recorded: the schemas differ
              2  the database cannot be used
              3  migrations are recorded already, or the files are not in order
              4  another process holds the database
            """
    )

    @Argument(help: ArgumentHelp("The number of the last file that the database has, such as 7 or 007. (default: all files)"))
    var number: Int?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var holding: HoldingOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let settings = try Settings(database, holding)
        let migrator = Migrator(settings: settings, logger: .silent)
        try await report.exitingWithStatus(of: "baseline") {
            let ignored = comparison.ignore
            let baseline = try await migrator.baseline(upTo: number, ignoring: ignored, onWait: HoldingOptions.sayThatItWaits)
            try report.showDiff(baseline.text, baseline.json)
            if !baseline.isRecorded { throw ExitCode(1) }
        }
    }
}
