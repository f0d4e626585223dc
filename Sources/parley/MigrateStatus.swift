import ArgumentParser
import Glibc
import ParleyServer

struct MigrateStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        _superCommandName: "parley migrate",
        abstract: "Show every migration and its state.",
        discussion: """
            Never writes: not even the table that records migrations is made. With --exit-code the exit status is 0 when everything is \
            applied, 1 when something is pending, and 2 when a run would stop: a file was edited, is missing, or has a wrong name.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var allowed: AllowanceOptions

    @Flag(help: "Print the document that GET /migrations answers with.")
    var json = false

    @Flag(help: "Exit with 1 when something is pending, with 2 when a run would stop.")
    var exitCode = false

    @Flag(help: "Print errors only; --exit-code has the answer.")
    var quiet = false

    func run() async throws {
        let settings = try Settings(database, allowed)
        let migrator = Migrator(settings: settings, logger: .silent)
        do {
            let status = try await migrator.status()
            try show(status)
            if let diagnosis = status.diagnosis { writeError(Paint(.standardError).diagnosis(diagnosis)) }
            if exitCode, status.diagnosis != nil { throw ExitCode(2) }
            if exitCode, status.hasPending { throw ExitCode(1) }
        } catch let error as ApplicationError {
            if json { try writeOutput(String(decoding: error.document(of: "status"), as: UTF8.self)) }
            writeError(Paint(.standardError).diagnosis(error.description))
            throw ExitCode(exitCode ? 2 : error.exitCode)
        }
    }

    /// As elsewhere, --json prints its document whatever --quiet says.
    private func show(_ status: Migrator.Status) throws {
        if json {
            try writeOutput(String(decoding: status.json, as: UTF8.self))
        } else if !quiet {
            try writeOutput(Paint(.standardOutput).states(status.table) + "\n")
        }
    }
}
