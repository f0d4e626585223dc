import ArgumentParser
import ParleyServer

struct MigrateCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        _superCommandName: "parley migrate",
        abstract: "Find what is wrong or dangerous in the files, without a database.",
        discussion: """
            Replays every file into a database in memory, and once more on tables with a few made-up rows. It reports what a run would \
            stop for, and what its author may not have meant: lost tables, columns, indexes and triggers, DELETE without WHERE, \
            statements that fail once there are rows. Each finding has a code, and docs/checks/CODE.md says how to do it safely. To \
            accept one, write above its statement:
              -- parley:allow CODE REASON

            What stands goes to standard error, with --quiet too; what was accepted, a summary, and the next free number to standard output.

            Exit status:
              0   nothing stands
              1   there are findings that nobody has accepted
              3   there are errors: a run would stop
            """
    )

    @OptionGroup var directory: DirectoryOptions

    @OptionGroup var report: ReportOptions

    func run() async throws {
        let migrator = Migrator(settings: try Settings(directory), logger: .silent)
        try await report.exitingWithStatus(of: "check") {
            let found = try await migrator.check()
            writeError(diagnostics: found.diagnostics)
            try report.show(Paint(.standardOutput).diagnosis(found.text), found.json)
            if found.exitCode != 0 { throw ExitCode(found.exitCode) }
        }
    }
}

/// The option of commands that need the files and no database.
struct DirectoryOptions: SettingsOptions {
    @OptionGroup var file: ConfigFileOptions

    @Option(help: ArgumentHelp(.migrations))
    var migrations: String?

    var flags: [SettingKey: String?] { file.flags.merging([.migrations: migrations]) { $1 } }
}

/// Diagnoses of any number, none included, in the colours of a terminal.
func writeError(diagnostics: String) {
    if !diagnostics.isEmpty { writeError(Paint(.standardError).diagnosis(diagnostics)) }
}
