import ArgumentParser
import ParleyServer

struct BackupVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        _superCommandName: "parley backup",
        abstract: "Read every page of a backup and say whether it is sound.",
        discussion: """
            Checks the header, the structure of every table and index, and the foreign keys, and names the newest migration in it. The \
            backup is not changed, and the database is not looked at.

            Exit status: 0 it is sound; 1 it is damaged, or no database; 2 it cannot be read.
            """
    )

    @OptionGroup var database: DatabaseFileOptions
    @OptionGroup var report: ReportOptions

    @Argument(help: "The backup's path, or \"latest\" for the newest one beside the database.")
    var backup: String

    func run() async throws {
        let backups = try Backups(database)
        try await report.exitingWithStatus(of: "backup verify") {
            let findings = try await backups.verify(backup)
            try report.show(findings.text, findings.json)
            guard let failure = findings.failure else { return }
            writeError(Paint(.standardError).diagnosis(failure.description))
            throw ExitCode(failure.exitCode)
        }
    }
}
