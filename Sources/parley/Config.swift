import ArgumentParser
import ParleyServer

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings and where each comes from.",
        subcommands: [ConfigPrint.self, ConfigTemplate.self]
    )
}

struct ConfigPrint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print every setting, its value, and where it comes from.",
        discussion: """
            Takes the options of parley serve, and reads the environment and the file as it does; \
            tokens, certificates and keys are not read. Secrets are not shown.

            Exit status:
              0   parley serve would take these settings
              64  it would not; every reason is on standard error
            """
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let effective = try EffectiveSettings(SettingsSources([options]))
        let report = ConfigurationReport(effective)
        try writeOutput(json ? String(decoding: report.json, as: UTF8.self) : report.text + "\n")
        do { try effective.settings.requireServable() } catch { throw usageError(error.faults) }
    }
}

struct ConfigTemplate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Print a settings file with every setting, its meaning and its default.",
        discussion: """
            Takes the options of parley serve, and reads the environment and the file as it does: what they set is set in the printed file, and \
            everything else is commented out. parley config template --port 9090 >parley.yaml makes a file for --config.

            Exit status:
              0   the file is printed
              64  there is a setting that cannot be; every reason is on standard error
            """
    )

    @OptionGroup var options: ServerOptions

    func run() throws {
        try writeOutput(SettingsTemplate(try EffectiveSettings(SettingsSources([options]))).text)
    }
}
