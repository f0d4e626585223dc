import Database
import DatabaseTesting
import FoundationEssentials
import Glibc
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct BackupCommandTests {
    let workplace: Workplace

    init() async throws {
        workplace = try Workplace()
        let up = try Parley(["migrate", "up"] + workplace.options)
        #expect(await up.exit() == 0)
    }

    private func backup(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["backup"] + arguments + ["--database", workplace.database])
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    private func names(_ pattern: String) throws -> [String] {
        try workplace.files().filter { $0.contains(pattern) }
    }

    /// The names of a document's members in their order, nested ones too.
    private func members(_ text: String) -> [String] {
        text.matches(of: /"([a-z_]+)":/).map { String($0.output.1) }
    }

    @Test func `create, list and verify, as text`() async throws {
        let none = try await backup("list")
        #expect(none.status == 0 && none.output.hasPrefix("no backups of "))
        let made = try await backup("create")
        #expect(made.status == 0 && made.output.wholeMatch(of: /backup made: .*\.backup \(\d+\.\d KiB, \d+ ms\)\n/) != nil, "\(made)")
        let name = try #require(try names(".backup").first)
        let list = try await backup("list").output.split(separator: "\n")
        #expect(list.count == 2 && list[0].wholeMatch(of: /MADE AT +SIZE +KIND +FILE/) != nil && list[1].hasSuffix("/\(name)"))
        let sound = try await backup("verify", "latest")
        #expect(sound.status == 0 && sound.output.hasPrefix("sound: ") && sound.output.contains("001_create_conversations.sql"), "\(sound)")
    }

    @Test func `each document says what it is, whether all is well, and what went wrong`() async throws {
        let made = try await backup("create", "--json").output
        #expect(made.hasPrefix(#"{"command":"backup create","ok":true,"#) && made.hasSuffix("\"errors\":[]}\n"), "\(made)")
        #expect(members(made) == ["command", "ok", "path", "kind", "before_version", "created_at", "bytes", "duration_ms", "errors"])
        let list = try await backup("list", "--json").output
        #expect(members(list).prefix(4) == ["command", "ok", "database", "data"])
        let verified = try await backup("verify", "latest", "--json").output
        #expect(
            members(verified) == ["command", "ok", "path", "bytes", "newest_migration", "objects", "orphans", "faults", "errors"],
            "\(verified)"
        )
        let missing = try await backup("verify", "/nowhere.backup", "--json")
        #expect(
            missing.status == 2 && missing.output.hasPrefix(#"{"command":"backup verify","ok":false,"errors":[{"code":"backup-not-found","#)
        )
        #expect(members(missing.output).suffix(7) == ["code", "filename", "message", "line", "column", "statement", "recovery"])
        let restored = try await backup("restore", "latest", "--yes", "--json")
        #expect(restored.status == 0 && members(restored.output) == ["command", "ok", "database", "backup", "replaced", "bytes", "errors"])
    }

    @Test func `quiet prints nothing but errors`() async throws {
        for arguments in [["create"], ["list"], ["verify", "latest"], ["restore", "latest", "--yes"]] {
            let parley = try Parley(["backup"] + arguments + ["--quiet", "--database", workplace.database])
            #expect(await parley.exit() == 0)
            #expect(await parley.output.whole() == "")
            #expect(await parley.errors.whole() == "")
        }
        #expect(try await backup("verify", "/nowhere", "--quiet").errors.contains("next: "))
    }

    @Test func `create and verify work beside a server; restore does not, and names it`() async throws {
        let server = try await workplace.serve().ready()
        #expect(try await backup("create").status == 0)
        #expect(try await backup("verify", "latest").status == 0)
        let held = try await backup("restore", "latest", "--yes")
        #expect(held.status == 4 && held.errors.contains("process \(server.parley.pid)"), "\(held)")
        #expect(await server.stop() == 0)
        #expect(try await backup("restore", "latest", "--yes").status == 0)
        #expect(try names(".replaced-").count == 1)
    }

    @Test func `a restored database is served, with what it had`() async throws {
        let server = try await workplace.serve().ready()
        let client = try Client(server.address)
        #expect(try await client.post("before").status == 201)
        #expect(try await backup("create").status == 0)
        #expect(try await client.post("after").status == 201)
        #expect(await server.stop() == 0)
        #expect(try await backup("restore", "latest", "--yes").status == 0)
        let again = try await workplace.serve().ready()
        let body = try await again.get("/conversations").body
        #expect(body.contains("before") && !body.contains("after"))
        #expect(await again.stop() == 0)
    }

    @Test func `restore says what it is about to put back, and what will run again afterwards`() async throws {
        try workplace.write("CREATE TABLE t (x);", to: "002_t.sql")
        #expect(try await workplace.migrate("up").status == 0)
        let terminal = try PseudoTerminal()
        terminal.type("y")
        let environment = ["PARLEY_MIGRATIONS": workplace.migrations, "PARLEY_DATABASE": workplace.database]
        let restore = try Parley(["backup", "restore", "latest"], environment: environment, input: terminal.path)
        #expect(await restore.exit() == 0)
        let question = await restore.errors.whole()
        #expect(
            question.contains(/\.backup was made at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ; newest migration: 001_create_conversations\.sql\./)
        )
        #expect(question.contains("with every later change, is kept beside it. [y/N]"), "\(question)")
        let next = "next: 002_t.sql is pending in it and will run at the next start: correct it, or start the older release\n"
        let output = await restore.output.whole()
        #expect(output.hasSuffix(next), "\(output)")
        try workplace.write("CREATE TABLE u (x);", to: "003_u.sql")
        let again = try await Parley.run("backup", "restore", "latest", "--yes", environment: environment)
        #expect(again.output.contains("next: 002_t.sql and 1 more are pending in it"), "\(again)")
    }

    @Test func `where there is no terminal, restore needs to be told yes`() async throws {
        _ = try await backup("create")
        let asked = try await backup("restore", "latest")
        #expect(asked.status == 64 && asked.errors.contains("--yes"))
        #expect(try names(".replaced-").isEmpty)
    }

    @Test func `a damaged backup is 1, and is not restored`() async throws {
        let bad = try workplace.directory.write("rubbish", to: "bad.backup")
        let verified = try await backup("verify", bad)
        #expect(verified.status == 1 && verified.errors.contains("[backup-unsound]"), "\(verified)")
        #expect(try await backup("verify", bad, "--json").output.contains(#""ok":false"#))
        #expect(try await backup("restore", bad, "--yes").status == 1)
        #expect(try names(".replaced-").isEmpty)
    }

    @Test func `a copy elsewhere takes no file's place`() async throws {
        let copy = workplace.directory.file("elsewhere.db")
        #expect(try await backup("create", "--to", copy).status == 0)
        let again = try await backup("create", "--to", copy)
        #expect(again.status == 2 && again.errors.contains("[backup-exists]") && !again.errors.contains("remove"))
        let directory = try await backup("create", "--to", workplace.directory.path)
        #expect(directory.status == 2 && directory.errors.contains("is a directory [backup-exists]"), "\(directory)")
    }

    @Test(arguments: ["data.db", "link.db"])
    func `a copy onto the database itself is refused, without the advice to remove it`(name: String) async throws {
        try FileManager.default.createSymbolicLink(
            atPath: workplace.directory.file("link.db"),
            withDestinationPath: workplace.directory.file("data.db")
        )
        let made = try await backup("create", "--to", workplace.directory.file(name))
        #expect(made.status == 2 && made.errors.contains("is the database itself [backup-is-the-database]"), "\(made)")
        #expect(!made.errors.contains("remove"))
    }

    @Test func `a database that is cut off is told from its backup, which nobody is to go without`() async throws {
        let size = try #require(try FileManager.default.attributesOfItem(atPath: workplace.database)[.size] as? Int)
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        for length in [size - 4_096, 4_096, 100] {
            try unsafe #require(truncate(workplace.database, length) == 0)
            let made = try await backup("create")
            #expect(made.status == 2 && made.errors.contains("\(workplace.database) is damaged: "), "\(length): \(made)")
            #expect(made.errors.contains("[database-failed]") && made.errors.contains("parley backup verify"), "\(length): \(made)")
            let up = try await workplace.migrate("up")
            #expect(up.status == 2 && up.errors.contains(" is damaged: ") && up.errors.contains("parley backup list"), "\(length): \(up)")
            #expect(!up.errors.contains("--migration-backups"))
        }
        #expect(try names(".unfinished-").isEmpty)
    }

    @Test func `what cannot be is 2, with the reason`() async throws {
        for arguments in [["create"], ["list"], ["verify", "latest"], ["restore", "latest", "--yes"]] {
            let memory = try Parley(["backup"] + arguments + ["--database", ":memory:"])
            #expect(await memory.exit() == 2)
            let missing = try Parley(["backup"] + arguments + ["--database", "/nowhere/x.db"])
            #expect(await missing.exit() == 2)
            #expect(await missing.errors.whole().hasPrefix("error: "))
        }
        let unmade = try await Parley.run("backup", "create", "--database", workplace.directory.file("unmade.db"))
        #expect(unmade.status == 2 && unmade.errors.contains("there is no database"))
        #expect(try names("unmade").isEmpty)
    }

    // MARK: Before a run

    @Test func `up makes a backup before it changes a database with tables, and keeps as many as it is told`() async throws {
        #expect(try names(".backup").isEmpty)
        for number in 2...4 {
            try workplace.write("CREATE TABLE t\(number) (x);", to: "00\(number)_t.sql")
            let up = try Parley(["migrate", "up", "--migration-backups", "2"] + workplace.options)
            #expect(await up.exit() == 0)
            #expect(await up.output.whole().contains("backup made: "))
        }
        #expect(try names(".backup").map { String($0.prefix(18)) } == ["data.db.before-003", "data.db.before-004"])
    }

    @Test func `a server makes one too, and with 0 nobody does`() async throws {
        try workplace.write("CREATE TABLE t2 (x);", to: "002_t.sql")
        #expect(await (try await workplace.serve(environment: ["PARLEY_MIGRATION_BACKUPS": "0"]).ready()).stop() == 0)
        #expect(try names(".backup").isEmpty)
        try workplace.write("CREATE TABLE t3 (x);", to: "003_t.sql")
        let server = try await workplace.serve().ready()
        #expect(await server.stop() == 0)
        #expect(await server.parley.errors.whole().contains("backup before the migrations made"))
        #expect(try names(".before-003-").count == 1)
    }

    @Test func `the document of a failed run has the backup, which the diagnosis names only where it brings something back`() async throws {
        try workplace.write("nonsense;", to: "002_t.sql")
        let parley = try Parley(["migrate", "up", "--json"] + workplace.options)
        #expect(await parley.exit() == 3)
        let name = try #require(try names(".before-002-").first)
        #expect(await parley.errors.whole().hasSuffix("No migration was applied by this run.\n"))
        let document = await parley.output.whole()
        #expect(document.hasPrefix(#"{"command":"up","ok":false,"dry_run":false,"applied":[],"already_applied":1,"#), "\(document)")
        #expect(document.contains("/\(name)\"") && document.contains(#""code":"statement-failed","filename":"002_t.sql""#))
    }
}
