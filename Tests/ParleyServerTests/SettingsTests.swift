import Database
import Logging
import Testing

@testable import ParleyServer

@Suite struct SettingsTests {
    private func settings(_ flags: [SettingKey: String] = [:], _ environment: [String: String] = [:]) throws -> Settings {
        try SettingsSources(flags: flags, environment: environment).read().settings
    }

    @Test func `without flags and environment everything is as documented`() throws {
        let settings = try settings()
        #expect(settings.databasePath == "parley.db" && settings.migrations == "migrations")
        #expect(settings.host == "127.0.0.1" && settings.port == 8080)
        #expect(settings.onMigrationFailure == .exit && settings.synchronous == .full)
        #expect(settings.logFormat == nil && settings.logLevel == .info)
        #expect(settings.shutdownTimeout == .seconds(25) && settings.lockTimeout == .seconds(60) && settings.migrationTimeout == nil)
        #expect(settings.migrationBackups == 3)
        #expect(!settings.allowsOutOfOrder && !settings.allowsNewerSchema && !settings.requiresIfMatch)
    }

    /// All but the file with settings and secrets, which have tests of their own.
    private static let keys = SettingKey.allCases.filter { $0 != .config && $0.hasFlag }

    /// For each setting a value that is not its default, and one that is not even that.
    private static let values: [SettingKey: (good: String, other: String, bad: String?)] = [
        .database: ("a.db", "b.db", ""), .migrations: ("a", "b", ""), .host: ("::1", "0.0.0.0", ""), .port: ("1", "2", "65536"),
        .tokenFile: ("a", "b", ""), .insecureNoAuth: ("true", "false", "1"), .corsOrigin: ("https://a.example", "https://b.example", "*"),
        .tlsCertificate: ("a", "b", ""), .tlsKey: ("a", "b", ""), .bodyLimit: ("1KiB", "1MiB", "1GiB"), .urlLimit: ("300", "400", "1"),
        .headerLimit: ("1024", "2KiB", "2GiB"), .requestTimeout: ("1s", "2s", "0"), .idleTimeout: ("1s", "2s", "0s"),
        .maxConnections: ("1", "2", "0"), .maxConnectionsPerClient: ("0", "1", "-1"), .loops: ("1", "2", "0"),
        .adminAddress: ("[::1]:9090", "localhost:0", "::1:9090"),
        .onMigrationFailure: ("hold", "exit", "stop"), .logFormat: ("json", "text", "xml"), .logLevel: ("debug", "error", "loud"),
        .synchronous: ("normal", "full", "off"), .shutdownTimeout: ("1s", "2s", "-1"), .lockTimeout: ("1s", "2s", "soon"),
        .importLimit: ("1MiB", "65536", "1TB"),
        .migrationTimeout: ("1s", "2s", "1h"), .migrationBackups: ("0", "1", "-1"), .allowOutOfOrder: ("true", "false", "yes"),
        .allowNewerSchema: ("true", "false", "1"), .requireIfMatch: ("true", "false", "on"),
    ]

    @Test(arguments: keys)
    func `a flag is before the environment, and the environment before the default`(key: SettingKey) throws {
        let (good, other, _) = try #require(Self.values[key])
        let byFlag = try settings([key: good])
        #expect("\(byFlag)" == "\(try settings([:], [key.environmentName: good]))")
        #expect("\(byFlag)" == "\(try settings([key: good], [key.environmentName: other]))")
        #expect("\(byFlag)" != "\(try settings([key: other], [key.environmentName: good]))")
    }

    @Test(arguments: keys)
    func `a bad value is refused with the name it came by`(key: SettingKey) throws {
        let bad = try #require(Self.values[key]?.bad)
        let byFlag = #expect(throws: SettingsError.self) { try settings([key: bad]) }
        let byEnvironment = #expect(throws: SettingsError.self) { try settings([:], [key.environmentName: bad]) }
        #expect(byFlag?.description.hasPrefix("\(key.flag) is \"\(bad)\"; it has to be ") == true)
        #expect(byEnvironment?.description.hasPrefix("\(key.environmentName) is \"\(bad)\"; it has to be ") == true)
    }

    @Test(arguments: SettingKey.allCases)
    func `the default that is documented is the one there is`(key: SettingKey) throws {
        // Where no value says what the default is, it is told in words.
        let inWords: Set<SettingKey> = [
            .config, .logFormat, .migrationTimeout, .adminAddress, .tokenFile, .corsOrigin, .tlsCertificate, .tlsKey, .tlsKeyPassword,
            .loops,
        ]
        guard !inWords.contains(key) else { return }
        #expect("\(try settings([key: key.setting.defaultText]))" == "\(try settings())")
    }

    @Test(arguments: [
        "9090", ":9090", "[]:9090", "localhost", "localhost:", "localhost:65536", "[localhost]:9090", "[::1]", "::1:9090", "a:b:1",
    ])
    func `an address without a port, or one that could be read in two ways, is none`(text: String) {
        #expect(throws: SettingsError.self) { try settings([.adminAddress: text]) }
    }

    @Test func `all values that cannot be are told at once`() {
        let error = #expect(throws: SettingsError.self) { try settings([.port: "x"], ["PARLEY_HOST": "", "PARLEY_LOG_LEVEL": "loud"]) }
        #expect(error?.faults.map { $0.prefix { $0 != " " } } == ["PARLEY_HOST", "--port", "PARLEY_LOG_LEVEL"])
    }

    @Test(arguments: [
        ("30", Duration.seconds(30)), ("30s", .seconds(30)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)), ("0", .zero),
    ])
    func `a duration is a number of seconds or has a unit`(text: String, duration: Duration) throws {
        #expect(try settings([.shutdownTimeout: text]).shutdownTimeout == duration)
        #expect(try settings([.migrationTimeout: text]).migrationTimeout == duration)
    }

    @Test(arguments: ["", "s", "-1", "+1", "1.5", "1 s", "1h", "1S", "1sm", "\u{FF11}", "99999999999999999999", "1000000001", "0x1"])
    func `any other text is no duration`(text: String) {
        for key in [SettingKey.shutdownTimeout, .lockTimeout, .migrationTimeout] {
            #expect(throws: SettingsError.self) { try settings([key: text]) }
        }
    }

    @Test(arguments: ["", "+1", "1.0", " 1", "1001", "99999999999999999999", "\u{0661}", "three"])
    func `a number of backups is a whole one from 0 to 1000`(text: String) throws {
        #expect(throws: SettingsError.self) { try settings([.migrationBackups: text]) }
        #expect(try settings([.migrationBackups: "1000"]).migrationBackups == 1_000)
    }

    @Test func `a database may be in memory`() throws {
        let settings = try settings([.database: ":memory:"])
        #expect(settings.database == .memory && settings.databasePath == ":memory:")
    }

    @Test func `the names are those that scripts depend on`() {
        #expect(SettingKey.onMigrationFailure.flag == "--on-migration-failure")
        #expect(SettingKey.onMigrationFailure.environmentName == "PARLEY_ON_MIGRATION_FAILURE")
        #expect(SettingKey.allCases.map(\.flag).prefix(5) == ["--config", "--database", "--migrations", "--host", "--port"])
    }
}
