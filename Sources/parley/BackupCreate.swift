import ArgumentParser
import ParleyServer

struct BackupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        _superCommandName: "parley backup",
        abstract: "Make a backup of the database, which may be in use.",
        discussion: """
            A server goes on serving meanwhile. The backup is compact, checked and on the disk before it gets its name; where anything \
            fails, nothing is left behind. Backups made this way stay until you remove them.

            Exit status: 0 it is made; 2 it could not be made: no room, no such database, the file of --to exists; 3 it was stopped by a signal.
            """
    )

    @OptionGroup var database: DatabaseFileOptions
    @OptionGroup var report: ReportOptions

    @Option(help: ArgumentHelp("Where to put it, instead of beside the database; no file may be there.", valueName: "file"))
    var to: String?

    func run() async throws {
        let (backups, to) = (try Backups(database), to)
        try await report.exitingWithStatus(of: "backup create") {
            let creation = try await cancelledBySignals { try await backups.create(at: to) }
            try report.show(creation.text + "\n", creation.json)
        }
    }
}
