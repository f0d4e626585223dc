import DatabaseTesting
import ParleyServer
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConfigPrintTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `config print shows every setting, its value, and where it comes from`() async throws {
        try directory.write("log-level: debug\nport: 1\n", to: "parley.yaml")
        let file = directory.file("parley.yaml")
        let environment = ["PARLEY_PORT": "2", "PARLEY_HOST": "::1"]
        let printed = try await Parley.run("config", "print", "--config", file, "--host", "::", environment: environment)
        #expect(printed.status == 0 && printed.errors.isEmpty, "\(printed.errors)")
        let rows = printed.output.split(separator: "\n").map { $0.split(separator: /\s\s+/).map(String.init) }
        #expect(rows.map(\.first) == ["SETTING"] + SettingKey.allCases.map(\.rawValue))
        for row in [
            ["config", file, "--config"], ["port", "2", "PARLEY_PORT"], ["host", "::", "--host"], ["log-level", "debug", "\(file):1"],
            ["database", "parley.db", "default"], ["migration-timeout", "no limit", "default"],
        ] {
            #expect(rows.contains(row), "\(row)")
        }
    }

    @Test func `config print has a document for machines`() async throws {
        let printed = try await Parley.run("config", "print", "--json", "--port", "1")
        #expect(printed.status == 0)
        #expect(printed.output.contains(#"{"name":"port","value":"1","is_secret":false,"from":"flag","source":"--port"}"#))
        #expect(printed.output.contains(#"{"name":"host","value":"127.0.0.1","is_secret":false,"from":"default","source":null}"#))
    }

    @Test func `config print says that a secret is set, and where, and no more`() async throws {
        try directory.write("correct-horse\n", to: "password")
        let environment = ["PARLEY_TLS_KEY_PASSWORD_FILE": directory.file("password")]
        let text = try await Parley.run("config", "print", environment: environment)
        let rows = text.output.split(separator: "\n").map { $0.split(separator: /\s\s+/).map(String.init) }
        #expect(rows.contains(["tls-key-password", "(secret)", "PARLEY_TLS_KEY_PASSWORD_FILE"]))
        let json = try await Parley.run("config", "print", "--json", environment: environment)
        let member =
            #"{"name":"tls-key-password","value":null,"is_secret":true,"from":"environment","source":"PARLEY_TLS_KEY_PASSWORD_FILE"}"#
        #expect(json.output.contains(member))
        for output in [text.output, text.errors, json.output, json.errors] { #expect(!output.contains("correct")) }
    }

    /// Every command reads the same sources, and says all that is wrong with them.
    @Test(arguments: [["serve"], ["config", "print"], ["migrate", "up"], ["migrate", "check"], ["backup", "list"], ["healthcheck"]])
    func `what is wrong with the settings ends a command with 64, all of it at once`(command: [String]) async throws {
        try directory.write("prot: 1\nport: x\n", to: "parley.yaml")
        let file = directory.file("parley.yaml")
        let parley = try Parley(command + ["--config", file], environment: ["PARLEY_LOG_LEVLE": "debug"])
        #expect(await parley.exit() == 64)
        #expect(
            await parley.errors.whole() == """
                Error: there is no setting PARLEY_LOG_LEVLE; did you mean PARLEY_LOG_LEVEL?
                Error: \(file):1: there is no setting "prot"; did you mean port?
                Error: \(file):2: port is "x"; it has to be a whole number from 0 to 65535

                """
        )
    }
}
