import DatabaseTesting
import FoundationEssentials
import Glibc
import Testing

@testable import ParleyServer

/// The settings that nobody is to see: where they may stand, and where they never do.
@Suite struct SecretSettingTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func read(_ environment: [String: String]) throws -> EffectiveSettings {
        try SettingsSources(flags: [:], environment: environment).read()
    }

    private func faults(_ environment: [String: String]) -> [String] {
        #expect(throws: SettingsError.self) { try read(environment) }?.faults.map { $0.replacing(directory.path + "/", with: "") } ?? []
    }

    @Test func `a secret stands in a variable, in the settings file, or in a file of its own`() throws {
        try directory.write("tls-key-password: correct horse\n", to: "parley.yaml")
        try directory.write("correct horse", to: "password")
        for (name, value) in [
            ("PARLEY_TLS_KEY_PASSWORD", "correct horse"), ("PARLEY_TLS_KEY_PASSWORD_FILE", directory.file("password")),
            ("PARLEY_CONFIG", directory.file("parley.yaml")),
        ] {
            #expect(try read([name: value]).settings.tlsKeyPassword?.text == "correct horse")
        }
    }

    @Test(arguments: [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("é", "é")])
    func `one line end at the end of a secret's file is the editor's`(content: String, secret: String) throws {
        try directory.write(content, to: "password")
        #expect(try read(["PARLEY_TLS_KEY_PASSWORD_FILE": directory.file("password")]).settings.tlsKeyPassword?.text == secret)
    }

    @Test func `a variable beats the settings file, and both ways of the environment at once are refused`() throws {
        try directory.write("tls-key-password: a\n", to: "parley.yaml")
        try directory.write("b", to: "password")
        let (config, password) = (directory.file("parley.yaml"), directory.file("password"))
        let effective = try read(["PARLEY_CONFIG": config, "PARLEY_TLS_KEY_PASSWORD_FILE": password])
        #expect(effective.settings.tlsKeyPassword?.text == "b")
        #expect(effective.origin(of: .tlsKeyPassword) == .environment("PARLEY_TLS_KEY_PASSWORD_FILE"))
        #expect(
            faults(["PARLEY_TLS_KEY_PASSWORD": "a", "PARLEY_TLS_KEY_PASSWORD_FILE": password]) == [
                "PARLEY_TLS_KEY_PASSWORD and PARLEY_TLS_KEY_PASSWORD_FILE are both set; use one of them"
            ]
        )
    }

    @Test func `a secret's file that cannot be read is told by its name`() throws {
        func fault(_ path: String) -> [String] { faults(["PARLEY_TLS_KEY_PASSWORD_FILE": path]) }
        let pipe = directory.file("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(fault(directory.file("none")) == ["PARLEY_TLS_KEY_PASSWORD_FILE: none cannot be read: No such file or directory"])
        for path in [pipe, directory.path, "/dev/zero"] {
            #expect(fault(path).first?.hasSuffix(" cannot be read: it is not a regular file") == true, "\(path)")
        }
        try Data([0xFF, 0x0A]).write(to: URL(fileURLWithPath: directory.file("bytes")))
        #expect(fault(directory.file("bytes")) == ["PARLEY_TLS_KEY_PASSWORD_FILE: bytes cannot be read: it is not UTF-8"])
    }

    @Test(arguments: ["", "correct\0horse"])
    func `a secret that cannot be is told without its value`(text: String) {
        #expect(
            faults(["PARLEY_TLS_KEY_PASSWORD": text]) == [
                "PARLEY_TLS_KEY_PASSWORD has to be a pass phrase of one character or more, in UTF-8"
            ]
        )
    }

    @Test(arguments: ["@correct", "'correct", "correct: horse", "'correct' horse", "\"correct\\x\"", "[correct]"])
    func `a mistake in the settings file does not show the secret`(value: String) throws {
        try directory.write("tls-key-password: \(value)\n", to: "parley.yaml")
        let found = faults(["PARLEY_CONFIG": directory.file("parley.yaml")])
        #expect(found.count == 1 && !found[0].contains("correct"), "\(found)")
        try directory.write("tls-key-pasword: \(value)\n", to: "parley.yaml")
        #expect(!faults(["PARLEY_CONFIG": directory.file("parley.yaml")])[0].contains("correct"))
    }

    @Test func `neither settings nor the list of them show a secret`() throws {
        let effective = try read(["PARLEY_TLS_KEY_PASSWORD": "correct horse"])
        let report = ConfigurationReport(effective)
        for text in ["\(effective.settings)", report.text, String(decoding: report.json, as: UTF8.self)] {
            #expect(!text.contains("correct") && !text.contains("horse"))
        }
    }

    @Test func `a pass phrase without a key is a mistake`() throws {
        let error = #expect(throws: SettingsError.self) { try read(["PARLEY_TLS_KEY_PASSWORD": "a"]).settings.requireServable() }
        #expect(error?.faults == ["tls-key-password is set, and there is no key for it: set --tls-key, or take it away"])
    }
}
