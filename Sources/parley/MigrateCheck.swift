import ArgumentParser
import Glibc
import Logging
import ParleyServer

struct MigrateCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find what is wrong or dangerous in the files, without a database.",
        discussion: """
            Replays every file into a database in memory, and once more on tables with a few made-up rows. It reports what a run would \
            stop for, and what its author may not have meant: lost tables, columns, indexes and triggers, DELETE without WHERE, \
            statements that fail once there are rows. Each finding has a code, and docs/checks/CODE.md says how to do it safely. To \
            accept one, write above its statement:
              -- parley:allow CODE REASON

            What stands goes to standard error; what was accepted, a summary, and the next free number to standard output.

            Exit status:
              0   nothing stands
              1   there are findings that nobody has accepted
              3   there are errors: a run would stop
            """
    )

    @OptionGroup var directory: DirectoryOptions

    @Flag(help: "Print one JSON object to standard output.")
    var json = false

    @Flag(help: "Print only what stands: no accepted findings, no notes, no summary.")
    var quiet = false

    func run() async throws {
        let migrator = try Migrator(checking: Settings(directory))
        try await exitingWithStatus {
            let report = try await migrator.check()
            if json {
                print(String(decoding: report.json, as: UTF8.self), terminator: "")
            } else {
                writeError(ifAny: report.diagnostics)
                if !quiet { print(report.text, terminator: "") }
            }
            if report.exitCode != 0 { throw ExitCode(report.exitCode) }
        }
    }
}

/// The option of commands that need the files and no database.
struct DirectoryOptions: SettingsOptions {
    @Option(help: ArgumentHelp("The directory with the migration files. (default: migrations)", valueName: "dir"))
    var migrations: String?

    var flags: [SettingKey: String?] { [.migrations: migrations] }
}

extension Migrator {
    init(checking settings: Settings) {
        self.init(settings: settings, logger: Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Text of any number of lines, none included.
func writeError(ifAny text: String) {
    if !text.isEmpty { writeError(text) }
}
