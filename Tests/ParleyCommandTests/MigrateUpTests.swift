import Database
import DatabaseTesting
import FoundationEssentials
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateUpTests {
    private func up(_ workplace: Workplace, _ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["migrate", "up"] + workplace.options + arguments)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    private func applied(_ workplace: Workplace) async throws -> [String] {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(workplace.database)))
        let names = try await database.query("SELECT filename FROM migrations ORDER BY id") { $0.text(0) }
        try await database.close()
        return names
    }

    @Test func `what is pending is applied, and the second time there is nothing to do`() async throws {
        let workplace = try Workplace()
        let first = try await up(workplace)
        let second = try await up(workplace)
        #expect(first.status == 0 && first.output.contains("applied 001_create_conversations.sql"), "\(first)")
        #expect(second.status == 0 && second.output.hasPrefix("up to date: "), "\(second)")
        #expect(try await applied(workplace) == ["001_create_conversations.sql"])
    }

    @Test func `a run up to what is applied tells what it leaves alone`() async throws {
        let workplace = try Workplace()
        try workplace.write("SELECT 1;", to: "002_b.sql")
        _ = try await up(workplace)
        try workplace.write("SELECT 1;", to: "003_c.sql")
        let text = "nothing to do up to 001: 1 migration applied before; 1 applied behind it is not undone; 1 stays pending\n"
        #expect(try await up(workplace, "--to", "1") == (0, text, ""))
        #expect(try await up(workplace, "--to", "1", "--dry-run").output == text)
        #expect(try await up(workplace, "--to", "2").output == "nothing to do up to 002: 2 migrations applied before; 1 stays pending\n")
        _ = try await up(workplace)
        #expect(try await up(workplace, "--to", "3").output == "up to date: 3 migrations applied before\n")
    }

    @Test func `a database that was made without Parley is to be adopted, and one with a record is not`() async throws {
        let workplace = try Workplace()
        try await workplace.byHand("CREATE TABLE conversations (id)")
        let refused = try await up(workplace)
        #expect(refused.status == 3 && refused.errors.contains("adopt it with parley migrate baseline"), "\(refused)")
        let other = try Workplace()
        try other.write("CREATE TABLE conversations (id);", to: "002_again.sql")
        let failed = try await up(other)
        #expect(failed.status == 3 && !failed.errors.contains("baseline") && failed.errors.contains("correct the file"), "\(failed)")
    }

    @Test func `five at once on a new file all succeed, and each file is applied once`() async throws {
        let workplace = try Workplace()
        let names = (2...20).map { "0\($0 < 10 ? "0" : "")\($0)_t.sql" }
        for (number, name) in names.enumerated() {
            try workplace.write("CREATE TABLE t\(number) (x); INSERT INTO t\(number) VALUES (1);", to: name)
        }
        let processes = try (0..<5).map { _ in try Parley(["migrate", "up"] + workplace.options) }
        var lines: [Substring] = []
        for process in processes {
            #expect(await process.exit() == 0)
            lines += await process.output.whole().split(separator: "\n").filter { $0.hasPrefix("applied ") }
        }
        #expect(lines.count == 20)
        #expect(try await applied(workplace) == ["001_create_conversations.sql"] + names)
    }

    @Test func `a broken file is 3, with a diagnosis, and the next run continues with it`() async throws {
        let workplace = try Workplace()
        try workplace.write("CREATE TABLE a (x);\nSELECT titel FROM conversations;\n", to: "002_broken.sql")
        try workplace.write("CREATE TABLE b (x);", to: "003_after.sql")
        let broken = try await up(workplace)
        #expect(broken.status == 3)
        #expect(broken.errors.contains("\(workplace.migrations)/002_broken.sql:2:8: error: no such column: titel"), "\(broken.errors)")
        #expect(broken.errors.contains("rolled back") && broken.errors.contains("next: "))
        #expect(try await applied(workplace) == ["001_create_conversations.sql"])
        try workplace.write("CREATE TABLE a (x);\nSELECT title FROM conversations;\n", to: "002_broken.sql")
        let repaired = try await up(workplace)
        #expect(repaired.status == 0 && repaired.output.contains("2 migrations applied"), "\(repaired)")
    }

    @Test func `a directory that is not there is 3, and no database is made`() async throws {
        let workplace = try Workplace(shipped: false)
        let parley = try await Parley.run("migrate", "up", "--database", workplace.database, "--migrations", "/nowhere")
        #expect(parley.status == 3 && parley.errors.contains("/nowhere"))
        #expect(try workplace.files().isEmpty)
    }

    @Test func `a file that is no database is 2, for every command`() async throws {
        let workplace = try Workplace()
        try workplace.directory.write(String(repeating: "no database. ", count: 100), to: "data.db")
        for command in [["migrate", "up"], ["migrate", "status"], ["serve", "--port", "0"]] {
            let parley = try Parley(command + workplace.options)
            #expect(await parley.exit() == 2)
            #expect(await parley.errors.whole().contains("is not a SQLite database"))
        }
    }

    @Test func `a database whose directory is not there is 2`() async throws {
        let workplace = try Workplace()
        let parley = try await Parley.run("migrate", "up", "--database", "/nowhere/x.db", "--migrations", workplace.migrations)
        #expect(parley.status == 2, "\(parley)")
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal rolls the running file back, and the next run continues`(signal: Int32) async throws {
        let workplace = try Workplace()
        try workplace.write("CREATE TABLE half (x);\n\(Workplace.endless)", to: "002_long.sql")
        let parley = try Parley(["migrate", "up"] + workplace.options)
        _ = try #require(await parley.output.line(containing: "applied 001"))
        parley.send(signal)
        #expect(await parley.exit() == 3)
        #expect(await parley.errors.whole().contains("the run was stopped [cancelled]"))
        #expect(try await applied(workplace) == ["001_create_conversations.sql"])
        try workplace.write("CREATE TABLE half (x);", to: "002_long.sql")
        #expect(try await up(workplace).status == 0)
    }

    @Test func `a server that runs is waited for, and named when it does not stop`() async throws {
        let workplace = try Workplace()
        let server = try await workplace.serve().ready()
        #expect(try await up(workplace).status == 0, "nothing is pending, so nobody is in the way")
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        let blocked = try await up(workplace, "--lock-timeout", "0")
        #expect(blocked.status == 4 && blocked.errors.contains("process \(server.parley.pid)"), "\(blocked)")
        #expect(blocked.errors.contains("[database-busy]\n  next: ") && !blocked.errors.contains("waiting"), "\(blocked)")
        let waiting = try Parley(["migrate", "up", "--lock-timeout", "50s"] + workplace.options)
        let line = try #require(await waiting.errors.line(containing: "waiting"))
        #expect(line == "waiting up to 50 s for process \(server.parley.pid) to let go of the database")
        #expect(await server.stop() == 0)
        #expect(await waiting.exit() == 0)
        #expect(try await up(workplace).status == 0)
    }

    @Test func `a new file is noted, and where its name has backups that is a warning`() async throws {
        let workplace = try Workplace()
        let first = try await up(workplace)
        #expect(first.errors == "note: \(workplace.database) is made: there was no file\n", "\(first)")
        #expect(try await up(workplace).errors.isEmpty)
        _ = try await Parley.run("backup", "create", "--database", workplace.database)
        for name in try workplace.files() where !name.hasSuffix(".backup") {
            try FileManager.default.removeItem(atPath: workplace.directory.file(name))
        }
        let again = try await up(workplace)
        #expect(again.errors.contains("warning: there are backups of a database of this name"), "\(again)")
        #expect(again.errors.contains("parley backup restore \(workplace.directory.path)/"), "\(again)")
    }
}
