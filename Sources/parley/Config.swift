import ArgumentParser
import ParleyServer

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings and where each comes from.",
        subcommands: [ConfigPrint.self]
    )
}

struct ConfigPrint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print every setting, its value, and where it comes from.",
        discussion: """
            Takes the options of parley serve, and reads the environment and the file as it does; nothing else is looked at. Secrets are not shown.

            Exit status:
              0   parley serve would take these settings
              64  it would not; every reason is on standard error
            """
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let report = ConfigurationReport(try EffectiveSettings(SettingsSources([options])))
        try writeOutput(json ? String(decoding: report.json, as: UTF8.self) : report.text + "\n")
    }
}
