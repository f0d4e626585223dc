import ArgumentParser
import ParleyServer

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Make, list, check and put back backups of the database.",
        discussion: """
            Backups lie beside the database: those made by hand as parley.db.TIME.backup, and those that a run of migrations begins with as \
            parley.db.before-VERSION-TIME.backup. Of the latter the newest --migration-backups are kept.

              parley backup create
              parley backup list
              parley backup verify latest
              parley backup restore latest    # the server has to be stopped
            """,
        subcommands: [BackupCreate.self, BackupList.self, BackupVerify.self, BackupRestore.self]
    )
}

struct DatabaseFileOptions: SettingsOptions {
    @OptionGroup var file: ConfigFileOptions

    @Option(help: ArgumentHelp(.database))
    var database: String?

    var flags: [SettingKey: String?] { file.flags.merging([.database: database]) { $1 } }
}

extension Backups {
    init(_ options: any SettingsOptions) throws {
        self.init(settings: try Settings(options), logger: .silent)
    }
}
