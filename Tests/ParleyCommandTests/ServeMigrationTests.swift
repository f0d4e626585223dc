import Database
import DatabaseTesting
import Glibc
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ServeMigrationTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    private func tables() async throws -> [String] {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(workplace.database)))
        let names = try await database.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") { $0.text(0) }
        try await database.close()
        return names.filter { !$0.hasPrefix("sqlite_") }
    }

    @Test func `while migrations run probes and progress are answered; SIGTERM rolls back and ends with 0`() async throws {
        for number in 2...7 {
            try workplace.write("CREATE TABLE t\(number) (x);\n" + (number == 3 ? Workplace.endless : ""), to: "00\(number)_t.sql")
        }
        let server = try await workplace.serve("--log-level", "debug")
        _ = try #require(await server.parley.errors.line(containing: #""migration":"003_t.sql""#))
        #expect(try await server.get("/livez").status == 200)
        #expect(try await server.get("/startupz").status == 503)
        let ready = try await server.get("/readyz")
        #expect(ready.status == 503 && ready.body.contains(#""output":"migrating 3 of 7""#) && ready["retry-after"] != nil)
        let migrations = try await server.get("/migrations").body
        #expect(migrations.contains(#""state":"running","current_version":"002","target_version":"007""#), "\(migrations)")
        #expect(try await server.get("/conversations").body.contains(#""code":"migrating""#))
        #expect(await server.stop() == 0)
        #expect(try await tables() == ["conversations", "migrations", "t2"])
    }

    @Test func `a broken file is 3 with a diagnosis, and the next start continues with it`() async throws {
        try workplace.write("-- broken\nCREATE TABLE x (;\n", to: "002_broken.sql")
        let parley = try Parley(["serve", "--port", "0", "--log-format", "text"] + workplace.options)
        #expect(await parley.exit() == 3)
        let errors = await parley.errors.whole()
        #expect(errors.contains("\n\(workplace.migrations)/002_broken.sql:2:17: error: "), "\(errors)")
        #expect(errors.contains("rolled back: 002_broken.sql") && errors.contains("next: "))
        #expect(try await tables() == ["conversations", "migrations"])
        try workplace.write("CREATE TABLE x (y);\n", to: "002_broken.sql")
        let server = try await workplace.serve().ready()
        #expect(await server.stop() == 0)
        #expect(try await tables() == ["conversations", "migrations", "x"])
    }

    @Test func `in a log of JSON a failure is JSON too, and has what the diagnosis has`() async throws {
        try workplace.write("-- broken\nCREATE TABLE x (;\n", to: "002_broken.sql")
        let parley = try await Parley.run(arguments: ["serve", "--port", "0", "--log-format", "json"] + workplace.options)
        #expect(parley.status == 3)
        let lines = parley.errors.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(parley.errors)")
        let failed = try #require(lines.last { $0.contains("migration failed: ") })
        for member in [
            #""migration":"002_broken.sql""#, #""line":2"#, #""column":17"#, #""source":"CREATE TABLE x (;""#, #""recovery":"#,
            #""code":"statement-failed""#, #""applied":"001_create_conversations.sql""#,
        ] {
            #expect(failed.contains(member), "\(failed)")
        }
    }

    @Test func `in a log of JSON whatever keeps a server from serving is one line`() async throws {
        try workplace.directory.write(String(repeating: "no database. ", count: 100), to: "data.db")
        for (arguments, status) in [
            ([], 2), (["--host", "0.0.0.0"], 64), (["--token-file", "/nothing"], 64), (["--host", "192.0.2.1"], 64),
        ] {
            let parley = try await Parley.run(arguments: ["serve", "--port", "0", "--log-format", "json"] + arguments + workplace.options)
            #expect(parley.status == status)
            let lines = parley.errors.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(parley.errors)")
            #expect(lines.count { $0.contains("cannot serve") } == 1, "\(parley.errors)")
        }
    }

    @Test func `with hold it stays alive and unready, with the reason`() async throws {
        try workplace.write("SELECT titel FROM conversations;", to: "002_broken.sql")
        let server = try await workplace.serve("--on-migration-failure", "hold")
        _ = try #require(await server.parley.errors.line(containing: "held: "))
        #expect(try await server.get("/livez").status == 200)
        #expect(try await server.get("/readyz").status == 503)
        #expect(try await server.get("/startupz").status == 503)
        #expect(try await server.get("/conversations").body.contains(#""code":"migration-failed""#))
        let migrations = try await server.get("/migrations")
        #expect(migrations.status == 200 && migrations.body.contains("no such column: titel"))
        let up = try Parley(["migrate", "status"] + workplace.options)
        #expect(await up.exit() == 0, "the database is let go of, so that an operator can act")
        #expect(await server.stop() == 0)
    }

    @Test(arguments: [nil, "CREATE TABLE notes (x);", "CREATE TABLE conversations (id TEXT PRIMARY KEY);"])
    func `migrations that make no conversations are 3, and the directory is named`(sql: String?) async throws {
        let other = try Workplace(shipped: false)
        if let sql { try other.write(sql, to: "001_other.sql") }
        let refused = try await Parley.run(arguments: ["serve", "--port", "0", "--log-format", "text"] + other.options)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("error: the migrations in \(other.migrations) make no table conversations"), "\(refused.errors)")
        #expect(refused.errors.contains("next: name the right directory with --migrations") && !refused.errors.contains(" ready "))
        let held = try await other.serve("--on-migration-failure", "hold")
        _ = try #require(await held.parley.errors.line(containing: "held: "))
        let ready = try await held.get("/readyz")
        #expect(ready.status == 503 && ready.body.contains("migration failed: table-missing"), "\(ready.body)")
        #expect(try await held.get("/conversations").body.contains(#""code":"migration-failed""#))
        #expect(try await held.get("/migrations").body.contains("the migrations make no table conversations"))
        #expect(await held.stop() == 0)
    }

    @Test func `hold is for migrations: what cannot be opened ends it`() async throws {
        try workplace.directory.write(String(repeating: "no database. ", count: 100), to: "data.db")
        let parley = try Parley(["serve", "--port", "0", "--on-migration-failure", "hold"] + workplace.options)
        #expect(await parley.exit() == 2)
    }

    @Test func `a database that is newer than the files is 3, unless that is allowed`() async throws {
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        #expect(await (try Parley(["migrate", "up"] + workplace.options)).exit() == 0)
        let older = try Workplace()
        let options = ["--database", workplace.database, "--migrations", older.migrations]
        let refused = try Parley(["serve", "--port", "0"] + options)
        #expect(await refused.exit() == 3)
        #expect(await refused.errors.whole().contains("schema-ahead"))
        let server = try await RunningServer(try Parley(["serve", "--port", "0", "--allow-newer-schema"] + options)).ready()
        #expect(try await server.get("/migrations").body.contains(#""schema_ahead":true"#))
        #expect(await server.stop() == 0)
    }
}
