import ArgumentParser
import Glibc
import ParleyServer

struct MigrateRepair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        _superCommandName: "parley migrate",
        abstract: "Make the record agree with files that were edited or renamed on purpose.",
        discussion: """
            Shows which rows of the record it would change, and asks. A file that was edited gets its new checksum recorded, a file that was \
            renamed its new name, and a row without a checksum the one of its file. Neither the schema nor any other table is touched. Before \
            an edit is accepted, the files are replayed in memory: one that cannot run, or that changes the schema, is refused, with the \
            difference as a diff. What a record cannot mend, such as a file that is gone, is listed with what to do about it.

            Without a terminal to ask on, --yes is needed. With --json nothing is asked: without --yes it only shows.

            Exit status:
              0   the record agrees with the files
              1   there is something to repair, and the answer was no, or --json only showed it
              2   the database cannot be used
              3   something is wrong that cannot be repaired, or has changed since it was shown
              4   another process holds the database
              64  there is something to repair, and neither a terminal nor --yes
            """
    )

    @Flag(name: [.short, .long], help: "Do it without asking.")
    var yes = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var allowed: AllowanceOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var holding: HoldingOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let settings = try Settings(database, allowed, holding)
        let migrator = Migrator(settings: settings, logger: .silent)
        try await report.exitingWithStatus(of: "repair") {
            let shown = try await migrator.lookAtRepair(ignoring: comparison.ignore)
            if shown.stepCount == 0 || !yes { try report.showDiff(shown.text, shown.json) }
            if shown.stepCount > 0 {
                try requireConsent(shown)
                let done = try await migrator.carryOut(shown, onWait: HoldingOptions.sayThatItWaits)
                try report.showDiff(yes ? done.text : done.confirmation, done.json)
            }
            if shown.hasUnrepairable { throw ExitCode(3) }
        }
    }

    private func requireConsent(_ shown: RepairReport) throws {
        guard !yes else { return }
        guard !report.json else { throw ExitCode(shown.hasUnrepairable ? 3 : 1) }
        guard isatty(STDIN_FILENO) == 1 else {
            throw usageError(["there is no terminal to ask on: say --yes to change the record as shown"])
        }
        // Nobody should have to answer for what went into a file, or was not shown at all.
        if report.quiet || isatty(STDOUT_FILENO) != 1 { writeError(Paint(.standardError).diff(shown.text)) }
        try requireYes(to: "change \(shown.stepCount == 1 ? "this row" : "these \(shown.stepCount) rows")?")
    }
}
