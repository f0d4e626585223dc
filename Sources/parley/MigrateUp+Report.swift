import ArgumentParser
import Migrations
import ParleyServer

/// What `migrate up` has beside the settings.
struct UpOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The number of the last file to apply, such as 7. (default: all of them)", valueName: "number"))
    var to: Int?

    @Flag(help: "Run on a copy of the database, tell what would happen, and change nothing.")
    var dryRun = false

    @Flag(help: "Print one JSON document at the end.")
    var json = false

    var wantsReport: Bool { dryRun || json }

    func validate() throws {
        if let to, to < 1 { throw ValidationError("--to is \"\(to)\"; it has to be the number of a file, 1 or more") }
    }
}

extension MigrateUp {
    /// Runs to the end and prints what has come of it: a document, or for people what a dry run has found.
    func printReport(of migrator: Migrator) async throws {
        let (target, isDryRun, isLoud) = (up.to, up.dryRun, !quiet && !up.json)
        try await exitingWithStatus {
            let report = try await cancelledBySignals {
                try await isDryRun
                    ? migrator.dryRun(to: target) { if isLoud { Self.showRehearsal($0) } } : migrator.reportedUp(to: target)
            }
            try tell(report)
        }
    }

    /// Lines beside the report, so that whoever waits sees for what.
    private static func showRehearsal(_ event: MigrationEvent) {
        guard case .started(let file, let index, let count) = event else { return }
        writeError("running \(file.filename) on a copy (\(index) of \(count))")
    }

    private func tell(_ report: UpReport) throws {
        if up.json {
            try writeOutput(String(decoding: report.json, as: UTF8.self))
        } else if !quiet, !report.text.isEmpty {
            try writeOutput(report.text + "\n")
        }
        if let diagnosis = report.diagnosis { writeError(Paint(.standardError).diagnosis(diagnosis)) }
        if let failure = report.failure { throw ExitCode(failure.exitCode) }
    }
}
