import Database
import DatabaseTesting
import FoundationEssentials
import Glibc
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateDryRunTests {
    let workplace: Workplace

    init() async throws {
        workplace = try Workplace()
        #expect(await (try Parley(["migrate", "up"] + workplace.options)).exit() == 0)
    }

    private func up(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["migrate", "up"] + workplace.options + arguments)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    /// The database and the names beside it, but for what SQLite makes to read a log.
    private func state() throws -> [String: Data] {
        let names = try workplace.files().filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: workplace.directory.file($0)))) }
        )
    }

    private func applied() async throws -> [String] {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(workplace.database), isReadOnly: true))
        let names = try await database.query("SELECT filename FROM migrations ORDER BY id") { $0.text(0) }
        try await database.close()
        return names
    }

    @Test func `what would be applied is told, and nothing changes`() async throws {
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        try workplace.write("INSERT INTO later VALUES (1); DROP TABLE conversations;", to: "003_drop.sql")
        let before = try state()
        let result = try await up("--dry-run")
        #expect(result.status == 0 && result.output.contains("would apply 003_drop.sql (2 statements, "), "\(result)")
        #expect(
            result.output.contains("2 migrations would be applied in ")
                && result.errors.contains("running 002_later.sql on a copy (1 of 2)")
        )
        #expect(try state() == before)
        #expect(try await applied() == ["001_create_conversations.sql"])
    }

    @Test func `a file that would fail on the data that there is is 3, with its diagnosis`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(workplace.database), readers: 1))
        try await database.execute("CREATE TABLE filled AS SELECT 1 AS x")
        try await database.close()
        try workplace.write("CREATE TABLE fine (x);", to: "002_fine.sql")
        try workplace.write("ALTER TABLE filled ADD COLUMN y NOT NULL;", to: "003_fails.sql")
        let before = try state()
        let result = try await up("--dry-run")
        #expect(result.status == 3 && result.errors.contains("003_fails.sql:1:1: error: "), "\(result)")
        #expect(result.errors.contains("Would be applied before it: 002_fine.sql. This was a copy: the database was not changed."))
        #expect(try state() == before)
    }

    @Test func `a database that is not there yet is not made`() async throws {
        let fresh = try Workplace()
        let parley = try Parley(["migrate", "up", "--dry-run"] + fresh.options)
        #expect(await parley.exit() == 0)
        #expect(await parley.output.whole().contains("would apply 001_create_conversations.sql"))
        #expect(try fresh.files().isEmpty)
    }

    @Test func `where nothing is pending there is nothing to try`() async throws {
        let result = try await up("--dry-run")
        #expect(result.status == 0 && result.output.hasPrefix("up to date: 1 migration applied before"), "\(result)")
        try workplace.write("SELECT 1;", to: "2_name.sql")
        #expect(try await up("--dry-run").status == 3)
    }

    @Test func `a server may be serving meanwhile`() async throws {
        let server = try await workplace.serve().ready()
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        #expect(try await up("--dry-run").status == 0)
        #expect(try await server.get("/readyz").status == 200)
        #expect(await server.stop() == 0)
        #expect(try await applied() == ["001_create_conversations.sql"])
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends it, and the copy is removed`(signal: Int32) async throws {
        try workplace.write("CREATE TABLE half (x);\n\(Workplace.endless)", to: "002_long.sql")
        let before = try state()
        let parley = try Parley(["migrate", "up", "--dry-run"] + workplace.options)
        _ = try #require(await parley.errors.line(containing: "running 002_long.sql"))
        parley.send(signal)
        #expect(await parley.exit() == 3)
        #expect(await parley.errors.whole().contains("[cancelled]"))
        #expect(try state() == before)
    }

    @Test func `a copy that a killed process has left is removed by a later one`() async throws {
        let left = workplace.directory.file("data.db.dry-run-999999999")
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: false)
        try workplace.directory.write("copy", to: "data.db.dry-run-999999999/copy.db")
        let old = timespec(tv_sec: time(nil) - 7_200, tv_nsec: 0)
        _ = unsafe utimensat(AT_FDCWD, left, [old, old], 0)
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        #expect(try await up("--dry-run").status == 0)
        #expect(try !workplace.files().contains { $0.contains("dry-run") })
    }

    @Test func `the document tells each file with its statements and its time`() async throws {
        try workplace.write("CREATE TABLE a (x); CREATE TABLE b (x);", to: "002_later.sql")
        let dry = try await up("--dry-run", "--json")
        let form =
            #/\{"command":"up","ok":true,"dry_run":(true|false),"applied":\[\{"filename":"002_later.sql","statements":2,"duration_ms":\d+\}\],/#
        #expect(try form.prefixMatch(in: dry.output)?.output.1 == "true", "\(dry)")
        #expect(dry.output.contains(#""backup":null,"errors":[]}"#) && dry.errors.isEmpty)
        let real = try await up("--json")
        #expect(try form.prefixMatch(in: real.output)?.output.1 == "false", "\(real)")
        #expect(real.output.contains(#"/data.db.before-002-"#))
        let again = try await up("--json").output
        #expect(again.hasPrefix(#"{"command":"up","ok":true,"dry_run":false,"applied":[],"already_applied":2,"#), "\(again)")
    }

    @Test func `up stops at the number it is told, dry or not`() async throws {
        for number in 2...4 { try workplace.write("CREATE TABLE t\(number) (x);", to: "00\(number)_t.sql") }
        let dry = try await up("--dry-run", "--to", "3")
        #expect(dry.status == 0 && dry.output.contains("2 migrations would be applied"), "\(dry)")
        #expect(try await up("--to", "3").status == 0)
        #expect(try await applied().suffix(2) == ["002_t.sql", "003_t.sql"])
        let unknown = try await up("--to", "9")
        #expect(unknown.status == 3 && unknown.errors.contains("[unknown-version]"), "\(unknown)")
        #expect(try await up("--to", "0").status == 64)
        #expect(try await up("--quiet").output.isEmpty)
        #expect(try await applied().count == 4)
    }
}
