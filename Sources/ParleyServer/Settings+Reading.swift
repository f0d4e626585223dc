public import Configuration
import Database
import Logging

extension Settings {
    /// Reads the settings: a flag before the environment, the environment before the default.
    ///
    /// - Parameters:
    ///   - flags: what the command line has said.
    ///   - environment: the provider of environment variables; the process's own unless said.
    /// - Throws: ``SettingsError`` for the first value that cannot be.
    public init(flags: [SettingKey: String], environment: EnvironmentVariablesProvider = EnvironmentVariablesProvider())
        throws(SettingsError)
    {
        let values = Dictionary(flags.map { (AbsoluteConfigKey($0.key.configKey), ConfigValue(.string($0.value), isSecret: false)) }) { $1 }
        let reader = SettingsReader(flags: flags, config: ConfigReader(providers: [InMemoryProvider(values: values), environment]))
        try reader.read(.database, "a path, or :memory:", into: &database, Self.location)
        try reader.read(.migrations, "a directory", into: &migrations) { $0.isEmpty ? nil : $0 }
        try reader.read(.host, "an address", into: &host) { $0.isEmpty ? nil : $0 }
        try reader.read(.port, "a whole number from 0 to 65535", into: &port) { UInt16($0) }
        try reader.read(.onMigrationFailure, "exit or hold", into: &onMigrationFailure) { OnMigrationFailure(rawValue: $0) }
        try reader.read(.logFormat, "json or text", intoOptional: &logFormat) { LogFormat(rawValue: $0) }
        try reader.read(.logLevel, "trace, debug, info, notice, warning, error or critical", into: &logLevel) { Logger.Level(rawValue: $0) }
        try reader.read(.synchronous, "full or normal", into: &synchronous) { SQLiteConfiguration.Synchronous(rawValue: $0.uppercased()) }
        try reader.read(.shutdownTimeout, Self.durationForm, into: &shutdownTimeout, Self.duration)
        try reader.read(.lockTimeout, Self.durationForm, into: &lockTimeout, Self.duration)
        try reader.read(.migrationTimeout, Self.durationForm, intoOptional: &migrationTimeout, Self.duration)
        try reader.read(.migrationBackups, "a whole number from 0 to 1000", into: &migrationBackups, Self.backupCount)
        try reader.read(.allowOutOfOrder, "true or false", into: &allowsOutOfOrder, Bool.init)
        try reader.read(.allowNewerSchema, "true or false", into: &allowsNewerSchema, Bool.init)
    }

    private static func location(_ text: String) -> SQLiteConfiguration.Location? {
        switch text {
        case "": nil
        case ":memory:": .memory
        default: .file(text)
        }
    }

    private static func backupCount(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let count = Int(text) else { return nil }
        return count <= 1_000 ? count : nil
    }

    private static let durationForm = "a number of seconds, such as 30, or with a unit: 500ms, 30s, 5m"

    private static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        return switch text.dropFirst(digits.count) {
        case "", "s": .seconds(number)
        case "ms": .milliseconds(number)
        case "m": .seconds(number * 60)
        default: nil
        }
    }
}

/// Reads one setting after the other, and says where a bad value came from.
private struct SettingsReader {
    let flags: [SettingKey: String]
    let config: ConfigReader

    func read<Value>(_ key: SettingKey, _ form: String, into value: inout Value, _ parse: (String) -> Value?) throws(SettingsError) {
        if let parsed = try self.value(of: key, form, parse) { value = parsed }
    }

    /// For a setting that may be unset. It has a name of its own, since the other one would take the nil of a bad value for "unset".
    func read<Value>(_ key: SettingKey, _ form: String, intoOptional value: inout Value?, _ parse: (String) -> Value?) throws(SettingsError)
    {
        if let parsed = try self.value(of: key, form, parse) { value = parsed }
    }

    private func value<Value>(of key: SettingKey, _ form: String, _ parse: (String) -> Value?) throws(SettingsError) -> Value? {
        guard let text = config.string(forKey: key.configKey) else { return nil }
        if let parsed = parse(text) { return parsed }
        let name = flags[key] == nil ? key.environmentName : key.flag
        throw SettingsError(description: "\(name) is \"\(text)\"; it has to be \(form)")
    }
}
