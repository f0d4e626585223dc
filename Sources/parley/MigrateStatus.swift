import ArgumentParser
import Glibc
import ParleyServer

struct MigrateStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show every migration and its state.",
        discussion: """
            Never writes: not even the table that records migrations is made. With --exit-code the exit status is 0 when everything is \
            applied, 1 when something is pending, and 2 when a run would stop: a file was edited, is missing, or has a wrong name.
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print the document that GET /migrations answers with.")
    var json = false

    @Flag(help: "Exit with 1 when something is pending, with 2 when a run would stop.")
    var exitCode = false

    func run() async throws {
        let settings = try Settings(database)
        let migrator = Migrator(settings: settings, logger: .silent)
        do {
            let status = try await migrator.status()
            print(json ? String(decoding: status.json, as: UTF8.self) : Paint(.standardOutput).states(status.table) + "\n", terminator: "")
            if let diagnosis = status.diagnosis { writeError(Paint(.standardError).diagnosis(diagnosis)) }
            if exitCode, status.diagnosis != nil { throw ExitCode(2) }
            if exitCode, status.hasPending { throw ExitCode(1) }
        } catch let error as ApplicationError {
            if json { print(String(decoding: error.document(of: "status"), as: UTF8.self), terminator: "") }
            writeError(Paint(.standardError).diagnosis(error.description))
            throw ExitCode(exitCode ? 2 : error.exitCode)
        }
    }
}
