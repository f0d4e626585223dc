import ArgumentParser
import ParleyServer

struct MigrateNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        _superCommandName: "parley migrate",
        abstract: "Make the next migration file from a short template.",
        discussion: """
            Prints the path of the file: NUMBER_NAME.sql, with the first number above all others. "Add titles!" becomes add_titles. \
            Nothing else is made or changed, and a file that is there is never overwritten.

              $EDITOR "$(parley migrate new 'add titles')"

            Exit status:
              0   the file is there
              3   two files have the same number, a name is wrong, or the directory cannot be read or written
              64  no file name can be made of NAME
            """
    )

    @Argument(help: "What the migration does, in a few words: letters a to z, digits, and anything between them.")
    var name: String

    @OptionGroup var directory: DirectoryOptions

    @OptionGroup var report: ReportOptions

    func run() throws {
        let made = try Migrator(settings: Settings(directory), logger: .silent).new(name)
        writeError(diagnostics: made.diagnostics)
        try report.show(made.text, made.json)
        if made.exitCode != 0 { throw ExitCode(made.exitCode) }
    }
}
