import ArgumentParser
import ParleyServer

/// What the commands' option groups have in common: each tells which settings the command line has given.
protocol SettingsOptions: ParsableArguments {
    var flags: [SettingKey: String?] { get }
}

extension Settings {
    /// The settings of a command: its options before all other sources.
    ///
    /// - Throws: the exit status 64, with the reasons on standard error.
    init(_ groups: any SettingsOptions...) throws {
        self = try EffectiveSettings(SettingsSources(groups)).settings
    }
}

extension SettingsSources {
    /// What the options of a command say, and behind them the environment and the file.
    init(_ groups: [any SettingsOptions]) {
        let given = groups.reduce(into: [SettingKey: String]()) { flags, group in
            flags.merge(group.flags.compactMapValues(\.self)) { $1 }
        }
        self.init(flags: given)
    }
}

extension EffectiveSettings {
    /// - Throws: the exit status 64, with the reasons on standard error.
    init(_ sources: SettingsSources) throws {
        do { self = try sources.read() } catch { throw usageError(error.faults) }
    }
}

extension ArgumentHelp {
    /// What the table of settings says, and the default.
    ///
    /// - Parameter meaning: what it means to this command, where that is something else.
    init(_ key: SettingKey, _ meaning: String? = nil) {
        let setting = key.setting
        self.init("\(meaning ?? setting.meaning). (default: \(setting.defaultText))", valueName: setting.valueName)
    }
}

struct ConfigFileOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.config))
    var config: String?

    var flags: [SettingKey: String?] { [.config: config] }
}

struct DatabaseOptions: SettingsOptions {
    @OptionGroup var file: ConfigFileOptions

    @Option(help: ArgumentHelp(.database))
    var database: String?

    @Option(help: ArgumentHelp(.migrations))
    var migrations: String?

    var flags: [SettingKey: String?] { file.flags.merging([.database: database, .migrations: migrations]) { $1 } }
}

struct MigrationOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.migrationTimeout))
    var migrationTimeout: String?

    @Option(help: ArgumentHelp(.lockTimeout))
    var lockTimeout: String?

    @Option(help: ArgumentHelp(.migrationBackups))
    var migrationBackups: String?

    @Flag(help: ArgumentHelp(.allowOutOfOrder))
    var allowOutOfOrder = false

    @Flag(help: ArgumentHelp(.allowNewerSchema))
    var allowNewerSchema = false

    var flags: [SettingKey: String?] {
        [
            .migrationTimeout: migrationTimeout, .lockTimeout: lockTimeout, .migrationBackups: migrationBackups,
            .allowOutOfOrder: allowOutOfOrder ? "true" : nil,
            .allowNewerSchema: allowNewerSchema ? "true" : nil,
        ]
    }
}

/// For commands that look at a database as a run would, and that a newer schema stops.
struct NewerSchemaOptions: SettingsOptions {
    @Flag(help: ArgumentHelp(.allowNewerSchema))
    var allowNewerSchema = false

    var flags: [SettingKey: String?] { [.allowNewerSchema: allowNewerSchema ? "true" : nil] }
}

/// What a run may be allowed, for commands that tell what would stop it.
struct AllowanceOptions: SettingsOptions {
    @OptionGroup var newerSchema: NewerSchemaOptions

    @Flag(help: "Take no offence at a file that is pending although one with a higher number is applied.")
    var allowOutOfOrder = false

    var flags: [SettingKey: String?] {
        newerSchema.flags.merging([.allowOutOfOrder: allowOutOfOrder ? "true" : nil]) { $1 }
    }
}

struct AddressOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.host))
    var host: String?

    @Option(help: ArgumentHelp(.port))
    var port: String?

    @Option(help: ArgumentHelp(.adminAddress))
    var adminAddress: String?

    var flags: [SettingKey: String?] { [.host: host, .port: port, .adminAddress: adminAddress] }
}

struct LogOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.logFormat))
    var logFormat: String?

    @Option(help: ArgumentHelp(.logLevel))
    var logLevel: String?

    var flags: [SettingKey: String?] { [.logFormat: logFormat, .logLevel: logLevel] }
}
