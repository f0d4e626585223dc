import DatabaseTesting
import FoundationEssentials
import Glibc
import Logging
import Testing
import Yams

@testable import ParleyServer

/// The file that `--config` names.
@Suite struct SettingsFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func read(_ content: String, as name: String = "parley.yaml", environment: [String: String] = [:]) throws -> EffectiveSettings {
        try directory.write(content, to: name)
        return try SettingsSources(flags: [.config: directory.file(name)], environment: environment).read()
    }

    private func faults(_ content: String, as name: String = "parley.yaml") -> [String] {
        let error = #expect(throws: SettingsError.self) { try read(content, as: name) }
        return error?.faults.map { $0.replacing(directory.path + "/", with: "") } ?? []
    }

    @Test func `an empty PARLEY_CONFIG names no file`() throws {
        let effective = try SettingsSources(flags: [:], environment: ["PARLEY_CONFIG": "", "PARLEY_PORT": "2"]).read()
        #expect(effective.settings.config == nil && effective.settings.port == 2)
    }

    @Test func `YAML and JSON say the same`() throws {
        let yaml = try read("# a comment\nport: 9000\nlog-level: debug   # another\nhost: '::1'\nallow-newer-schema: true\n")
        let json = try read(
            #"{"port": 9000, "log-level": "debug", "host": "::1", "allow-newer-schema": true, "config": "x"}"#.replacing(
                #", "config": "x""#,
                with: ""
            ),
            as: "parley.json"
        )
        for settings in [yaml.settings, json.settings] {
            #expect(settings.port == 9000 && settings.logLevel == .debug && settings.host == "::1" && settings.allowsNewerSchema)
        }
        #expect(yaml.origin(of: .logLevel) == .file(directory.file("parley.yaml"), line: 3))
        #expect(json.origin(of: .port) == .file(directory.file("parley.json"), line: 1))
        #expect(yaml.origin(of: .database) == .builtIn)
    }

    @Test func `a flag is before the environment, which is before the file, which is before the default`() throws {
        try directory.write("port: 1\nhost: a\nmigrations: b\n", to: "parley.yml")
        let environment = ["PARLEY_CONFIG": directory.file("parley.yml"), "PARLEY_PORT": "2", "PARLEY_HOST": "c"]
        let effective = try SettingsSources(flags: [.port: "3"], environment: environment).read()
        #expect(effective.settings.port == 3 && effective.origin(of: .port) == .flag("--port"))
        #expect(effective.settings.host == "c" && effective.origin(of: .host) == .environment("PARLEY_HOST"))
        #expect(effective.settings.migrations == "b" && effective.origin(of: .migrations) == .file(directory.file("parley.yml"), line: 3))
        #expect(effective.settings.databasePath == "parley.db")
    }

    @Test func `everything that is wrong is told at once, each with its line`() {
        let found = faults("prot: 1\nport: x\n\nlog_level: debug\nhost: a\nhost: b\nconfig: c.yaml\nzebra: 1\n  nested: 1\nbare\n")
        #expect(
            found == [
                "parley.yaml:1: there is no setting \"prot\"; did you mean port?",
                "parley.yaml:4: there is no setting \"log_level\"; did you mean log-level?",
                "parley.yaml:6: host is there twice; the other one is on line 5",
                "parley.yaml:7: config cannot be set in the file itself; use --config or PARLEY_CONFIG",
                "parley.yaml:8: there is no setting \"zebra\"; `parley serve --help` has them all",
                "parley.yaml:9: the line begins with a space; settings are not nested, and each stands on a line of its own",
                "parley.yaml:10: there should be NAME: VALUE here",
                "parley.yaml:2: port is \"x\"; it has to be a whole number from 0 to 65535",
            ]
        )
    }

    @Test(arguments: [
        ("{\"port\": 1,\n \"port\": 2}", "parley.json:2: the file is not JSON: this name is there twice"),
        ("{\n\n\"prot\": 1}", "parley.json:3: there is no setting \"prot\"; did you mean port?"),
        ("{\"port\": [1]}", "parley.json:1: the value of port has to be a string, a number, true or false"),
        ("{\"port\": null}", "parley.json:1: the value of port has to be a string, a number, true or false"),
        ("[]", "parley.json:1: the file is not JSON: it is no object: { … }"),
        ("{\n\"port\": 1,}", "parley.json:2: the file is not JSON: a name in double quotes should be here"),
        ("", "parley.json:1: the file is not JSON: it ends where a value should be"),
    ])
    func `a JSON file that cannot be names the line`(content: String, fault: String) {
        #expect(faults(content, as: "parley.json") == [fault])
    }

    @Test func `a file that cannot be read, and one of another kind, is named`() throws {
        func fault(_ path: String) -> [String]? {
            #expect(throws: SettingsError.self) { try SettingsSources(flags: [.config: path], environment: [:]).read() }?.faults
        }
        #expect(fault("/nowhere.yaml") == ["the settings file /nowhere.yaml cannot be read: No such file or directory"])
        #expect(fault("parley.toml") == ["parley.toml is not a file of settings: its name has to end in .yaml, .yml or .json"])
        let (folder, pipe, huge) = (directory.file("folder.json"), directory.file("pipe.yaml"), directory.file("huge.yaml"))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        try directory.write("", to: "huge.yaml")
        try #require(unsafe truncate(huge, 1 << 30) == 0)
        #expect(fault(folder) == ["the settings file \(folder) cannot be read: it is not a regular file"])
        #expect(fault(pipe) == ["the settings file \(pipe) cannot be read: it is not a regular file"])
        #expect(fault(huge) == ["the settings file \(huge) cannot be read: it is larger than 1 MiB"])
    }

    // MARK: YAML

    private static let accepted = [
        "", "\n", "# nothing", "---\nport: 1", "--- # start\nport: 1", "\u{FEFF}port: 1", "port: 1\r\nhost: a\r\n", "port: 1",
        "host: a b  c   # d", "host: a#b", "host: ::1", "host: -1", "host: '::1'", "host: \"a # b\"", "host: \"a\\\"b\\\\c\"",
        "host: 'it''s'",
        "host: ''", "host: \"\" # empty", "host: 0x1F", "host: yes", "host: 1e3", "host: é😀", "host: a:b", "host: a'b\"c", "host: \"null\"",
        "  # indented comment\nport: 1", "host: 1 -2 ?3", "host: \\n", "host: 'a\\n'", "host: a,b]", "host: =", "host: ---",
        "host: http://a.b/c?d=e&f#g",
    ]

    @Test(arguments: accepted)
    func `what is accepted is what YAML reads`(content: String) throws {
        let (entries, faults) = FlatYAML.parse(Array(content.utf8))
        #expect(faults.isEmpty, "\(faults)")
        let mapping = try Yams.compose(yaml: content)?.mapping ?? [:]
        #expect(entries.map(\.name) == mapping.map { $0.key.string })
        #expect(entries.map(\.text) == mapping.map { $0.value.scalar?.string })
        #expect(entries.map(\.line) == mapping.map { $0.key.mark?.line })
    }

    @Test(arguments: [
        "port:", "port: ~", "port: null", "port: # comment", "port:1", "port: [1]", "port: {a: b}", "port: &a 1", "port: *a",
        "port: !!int 1",
        "port: |", "port: >", "port: - 1", "port: - ", "port: ? a", "port: %a", "port: @a", "port: `a", "port: a: b", "port: a:",
        "port: :memory:",
        "port: ::", "- port", "? port", "\"port\": 1", "port: 'a", "port: \"a", "port: \"\\x41\"", "port: 'a' b", "port: 'a'#b", "port:\t1",
        "port: a\tb", " port: 1", "port: 1\n  2", "port: a\u{2028}b", "port: a\u{85}b", "port: a\rb", "%YAML 1.2", "port: 1\n---\nhost: a",
        "port: 1\n...", "port: a #\u{308}b", "é: 1", ": 1", "<<: a", "port: a\u{0}b",
    ])
    func `what YAML reads otherwise, or nobody means, is refused`(content: String) {
        #expect(!FlatYAML.parse(Array(content.utf8)).faults.isEmpty)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(FlatYAML.parse([0x70, 0x3A, 0x20, 0xFF]).faults.map(\.reason) == ["the file is not UTF-8"])
    }

    @Test func `a value that YAML takes for something else is quoted for the user`() {
        #expect(faults("database: :memory:").first?.hasSuffix("write the value of database in single quotes: database: '…'") == true)
    }
}
