import ArgumentParser
import ParleyServer
import Testing

@testable import parley

@Suite(.timeLimit(.minutes(1))) struct HelpTests {
    @Test func `help teaches: commands, the environment, exit statuses`() async throws {
        let help = try await Parley.run("--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        for text in ["serve", "migrate", "healthcheck", "PARLEY_LOG_LEVEL", "--config", "Exit status", "64"] {
            #expect(help.output.contains(text))
        }
    }

    @Test func `version is the release`() async throws {
        let version = try await Parley.run("--version")
        #expect(version.status == 0 && version.output == Release.version + "\n")
    }

    @Test func `a secret is no option, where everybody could see it, and help says where it stands`() async throws {
        let help = try await Parley.run("serve", "--help").output
        for key in SettingKey.allCases where !key.hasFlag {
            #expect(!help.contains(key.flag) && help.contains(key.environmentName))
            let refused = try await Parley.run("serve", "\(key.flag)=x")
            #expect(refused.status == 64)
        }
    }

    @Test(arguments: SettingKey.allCases.filter(\.hasFlag))
    func `each setting is an option with a line of help`(key: SettingKey) async throws {
        let help = try await Parley.run("serve", "--help").output
        let line = try #require(help.split(separator: "\n").first { $0.contains("\(key.flag) ") }, "\(key.flag)")
        #expect(line.count > key.flag.count + 6)
    }

    @Test(arguments: [
        ["migrate"], ["migrate", "up"], ["migrate", "status"], ["migrate", "check"], ["migrate", "new"], ["migrate", "verify"],
        ["migrate", "baseline"], ["migrate", "repair"], ["migrate", "dump"], ["healthcheck"], ["backup"], ["backup", "create"],
        ["backup", "list"], ["backup", "verify"], ["backup", "restore"], ["token"], ["token", "create"], ["token", "list"],
        ["token", "revoke"],
        ["config"], ["config", "print"], ["config", "template"],
    ])
    func `each command has help`(command: [String]) async throws {
        let parley = try Parley(command + ["--help"])
        #expect(await parley.exit() == 0)
        #expect(await parley.output.whole().contains("USAGE: parley \(command.joined(separator: " "))"))
    }

    /// They are parsed alone, and have to name themselves as the whole command line does.
    @Test func `each command of a group says which one`() throws {
        for group in [Migrate.self, BackupCommand.self] as [any ParsableCommand.Type] {
            let name = try #require(group.configuration.commandName)
            for command in group.configuration.subcommands {
                #expect(command.configuration._superCommandName == "parley \(name)", "\(command)")
            }
        }
    }

    @Test func `a command is parsed alone where that is right, and with the whole line where it is not`() async throws {
        let up = try #require(await parley.Parley.command(parsing: ["migrate", "up", "--to", "3", "--database", "x"]) as? MigrateUp)
        #expect(up.up.to == 3 && up.database.database == "x")
        for arguments in [
            ["migrate", "up", "--help"], ["migrate", "up", "--no-such"], ["migrate"], ["migrate", "up", "extra"], ["serve"], [],
        ] {
            #expect(await parley.Parley.command(parsing: arguments) == nil, "\(arguments)")
        }
        let wrong = try await Parley.run("migrate", "up", "--to", "0")
        #expect(wrong.status == 64 && wrong.errors.contains("Usage: parley migrate up "), "\(wrong.errors)")
    }

    @Test(arguments: [["serve", "--no-such"], ["nonsense"], ["migrate", "down"], ["serve", "--port"], ["serve", "extra"]])
    func `a command line that cannot be is 64, with the reason`(arguments: [String]) async throws {
        let parley = try Parley(arguments)
        #expect(await parley.exit() == 64)
        #expect(await parley.errors.whole().hasPrefix("Error: "))
    }

    @Test(arguments: [
        ("--port", "99999", "a whole number from 0 to 65535"), ("--log-format", "xml", "json or text"),
        ("--synchronous", "off", "full or normal"),
        ("--on-migration-failure", "ignore", "exit or hold"), ("--shutdown-timeout", "-1", "a number of seconds"),
        ("--log-level", "loud", "trace, debug"), ("--lock-timeout", "soon", "a number of seconds"),
        ("--migration-backups", "many", "a whole number from 0"),
    ])
    func `a setting that cannot be is 64, with its name, its value and what it may be`(flag: String, value: String, form: String)
        async throws
    {
        let byFlag = try await Parley.run("serve", "\(flag)=\(value)")
        #expect(byFlag.status == 64 && byFlag.errors.contains("\(flag) is \"\(value)\"; it has to be \(form)"), "\(byFlag.errors)")
        let name = "PARLEY_" + flag.dropFirst(2).uppercased().replacing("-", with: "_")
        let byEnvironment = try await Parley.run("serve", environment: [name: value])
        #expect(byEnvironment.status == 64 && byEnvironment.errors.contains("\(name) is \"\(value)\""), "\(byEnvironment.errors)")
    }
}
