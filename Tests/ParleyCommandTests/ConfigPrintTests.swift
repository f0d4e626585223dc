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
        let printed = try await Parley.run("config", "print", "--config", file, "--host", "127.0.0.2", environment: environment)
        #expect(printed.status == 0 && printed.errors.isEmpty, "\(printed.errors)")
        let rows = printed.output.split(separator: "\n").map { $0.split(separator: /\s\s+/).map(String.init) }
        #expect(rows.map(\.first) == ["SETTING"] + SettingKey.allCases.map(\.rawValue))
        for row in [
            ["config", file, "--config"], ["port", "2", "PARLEY_PORT"], ["host", "127.0.0.2", "--host"],
            ["log-level", "debug", "\(file):1"],
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

    @Test func `config print refuses what serve would refuse, below the table`() async throws {
        let printed = try await Parley.run("config", "print", "--host", "0.0.0.0", "--tls-certificate", "c")
        #expect(printed.status == 64 && printed.output.contains("0.0.0.0"))
        let errors = printed.errors.split(separator: "\n")
        #expect(errors.count == 2 && errors[0].contains("requests need no token") && errors[1].contains("belong together"), "\(errors)")
        #expect(try await Parley.run("config", "print", "--host", "example.com").status == 64)
    }

    @Test func `what is unset is null for machines`() async throws {
        let printed = try await Parley.run("config", "print", "--json")
        for name in ["token-file", "migration-timeout", "loops", "log-format"] {
            #expect(printed.output.contains(#"{"name":"\#(name)","value":null,"#), "\(name)")
        }
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

    @Test func `config template is a file for --config that changes nothing but what was given`() async throws {
        let given = ["--host", "::1", "--database", "/a b/it's.db", "--port", "1"]
        let template = try await Parley.run(arguments: ["config", "template"] + given)
        #expect(template.status == 0 && template.errors.isEmpty)
        let file = try directory.write(template.output, to: "parley.yaml")
        let printed = try await Parley.run("config", "print", "--config", file).output.split(separator: "\n")
        let settings = printed.filter { $0.contains(file + ":") }.map { $0.split(separator: /\s\s+/).prefix(2).map(String.init) }
        #expect(settings == [["database", "/a b/it's.db"], ["host", "::1"], ["port", "1"]])
    }

    @Test func `each default in a template may be uncommented, and changes nothing`() async throws {
        let template = try await Parley.run("config", "template").output
        let lines = template.split(separator: "\n").filter { $0.wholeMatch(of: /#[a-z-]+: .+/) != nil }.map { String($0.dropFirst()) }
        let file = try directory.write(lines.joined(separator: "\n"), to: "parley.yaml")
        let printed = try await Parley.run("config", "print", "--config", file)
        #expect(printed.status == 0 && lines.count > 20, "\(printed.errors)")
        func values(_ output: String) -> [[Substring]] {
            output.split(separator: "\n").dropFirst(2).map { $0.split(separator: /\s\s+/).dropLast() }
        }
        #expect(values(printed.output) == values(try await Parley.run("config", "print").output))
        let named = template.matches(of: /(?m)^#([a-z-]+):/).map { String($0.output.1) }
        #expect(named == SettingKey.allCases.filter { $0 != .config }.map(\.rawValue))
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
