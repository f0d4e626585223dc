import ArgumentParser
import Glibc
import ParleyServer

struct BackupRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        _superCommandName: "parley backup",
        abstract: "Put a backup in the place of the database, which no process may have open.",
        discussion: """
            The backup is checked first, and copied; then the copy and the database change places in one step, so there is no moment without \
            a database. What was there before is kept beside it as parley.db.replaced-TIME; remove it when you no longer need it. A link that \
            leads to the database stays a link. A signal does not end a restore: it takes its few moments and is complete.

            Exit status: 0 done; 1 the backup is damaged, or you said no; 2 it could not be done; 4 a process has the database open. Unless it \
            is 0 the database is as it was.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var report: ReportOptions

    @Flag(help: "Do not ask. Needed where there is no terminal to ask on.")
    var yes = false

    @Argument(help: "The backup's path, or \"latest\" for the newest one beside the database.")
    var backup: String

    func validate() throws {
        guard yes || isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("There is no terminal to ask on: say --yes to restore without a question.")
        }
    }

    func run() async throws {
        let (backups, name, asks) = (try Backups(database), backup, !yes)
        try await report.exitingWithStatus(of: "backup restore") {
            if asks { try requireYes(to: try await backups.restoreQuestion(name)) }
            let restoration = try await uninterrupted { try await backups.restore(name) }
            try report.show(restoration.text + "\n", restoration.json)
        }
    }
}
