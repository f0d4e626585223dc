import ArgumentParser
import ParleyServer

struct BackupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        _superCommandName: "parley backup",
        abstract: "Show the backups of the database, the newest first.",
        discussion: """
            Looks at the names beside the database; no backup is opened. What is kept elsewhere is not shown.

            Exit status: 0, also where there are none; 2 the directory cannot be read.
            """
    )

    @OptionGroup var database: DatabaseFileOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let backups = try Backups(database)
        try await report.exitingWithStatus(of: "backup list") {
            let list = try await backups.list()
            try report.show(list.text + "\n", list.json)
        }
    }
}
