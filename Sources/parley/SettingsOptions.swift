import ArgumentParser
import ParleyServer

/// What the commands' option groups have in common: each tells which settings the command line has given.
protocol SettingsOptions: ParsableArguments {
    var flags: [SettingKey: String?] { get }
}

extension Settings {
    /// The settings of a command: its options before the environment.
    ///
    /// - Throws: the exit status 64, with the reason on standard error.
    init(_ groups: any SettingsOptions...) throws {
        let given = groups.reduce(into: [SettingKey: String]()) { flags, group in
            flags.merge(group.flags.compactMapValues(\.self)) { $1 }
        }
        do { self = try Settings(flags: given) } catch { throw usageError(error.description) }
    }
}

struct DatabaseOptions: SettingsOptions {
    @Option(
        help: ArgumentHelp(
            "The database file, made where there is none; :memory: for one that is not kept. (default: parley.db)",
            valueName: "path"
        )
    )
    var database: String?

    @Option(help: ArgumentHelp("The directory with the migration files. (default: migrations)", valueName: "dir"))
    var migrations: String?

    var flags: [SettingKey: String?] { [.database: database, .migrations: migrations] }
}

struct MigrationOptions: SettingsOptions {
    @Option(help: ArgumentHelp("How long all migrations together may take, such as 30s or 5m. (default: no limit)", valueName: "time"))
    var migrationTimeout: String?

    @Option(help: ArgumentHelp("How long to wait for another process that holds the database. (default: 60s)", valueName: "time"))
    var lockTimeout: String?

    @Option(
        help: ArgumentHelp(
            "How many of the backups that a run begins with are kept; 0 makes none. (default: 3)",
            valueName: "number"
        )
    )
    var migrationBackups: String?

    @Flag(help: "Apply a file although one with a higher number is applied already.")
    var allowOutOfOrder = false

    @Flag(help: "Go on although the database is newer than the files, after going back to an earlier release.")
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
    @Flag(help: "Go on although the database is newer than the files, after going back to an earlier release.")
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
    @Option(help: ArgumentHelp("The address to listen on. (default: 127.0.0.1)", valueName: "address"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "The port to listen on; 0 takes a free one, which the line \"listening\" tells. (default: 8080)",
            valueName: "port"
        )
    )
    var port: String?

    var flags: [SettingKey: String?] { [.host: host, .port: port] }
}

struct LogOptions: SettingsOptions {
    @Option(help: ArgumentHelp("json or text. (default: text on a terminal, json elsewhere)", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical. (default: info)", valueName: "level"))
    var logLevel: String?

    var flags: [SettingKey: String?] { [.logFormat: logFormat, .logLevel: logLevel] }
}
