import DatabaseTesting
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateBaselineTests {
    private let workplace: Workplace

    init() async throws {
        workplace = try Workplace(shipped: false)
        try workplace.write("CREATE TABLE note (text TEXT);", to: "001_note.sql")
        try workplace.write("CREATE INDEX note_text ON note (text);", to: "002_index.sql")
        try await workplace.byHand("CREATE TABLE note (text TEXT)", "CREATE TABLE schema_migrations (version TEXT)")
    }

    @Test func `files up to a number are recorded, and the rest is applied by the next run`() async throws {
        let result = try await workplace.migrate("baseline", "1", "--ignore", "schema_migrations")
        let text = """
            recorded 001_note.sql
            1 migration recorded, none was run
              next: parley migrate up applies the one behind

            """
        #expect(result == (0, text, ""))
        #expect(try await workplace.migrate("up").output.contains("\napplied 002_index.sql"))
        #expect(try await workplace.migrate("verify", "--ignore", "schema_migrations").status == 0)
    }

    @Test func `another schema is 1 with a diff, and the file stays as it is`() async throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        let result = try await workplace.migrate("baseline", "--ignore", "schema_migrations")
        #expect(result.status == 1 && result.errors.isEmpty)
        #expect(result.output.contains("@@ index note_text on note: missing @@\n-CREATE INDEX note_text ON note (text)\nnot recorded: "))
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == before)
        #expect(try await workplace.recorded().isEmpty)
    }

    @Test func `a database that has a record is 3`() async throws {
        _ = try await workplace.migrate("baseline", "1", "--ignore", "schema_migrations")
        let again = try await workplace.migrate("baseline", "1")
        #expect(again.status == 3 && again.output.isEmpty && again.errors.contains("[record-not-empty]"), "\(again)")
    }

    @Test func `a number that no file has is 3, and what is no number is 64`() async throws {
        let unknown = try await workplace.migrate("baseline", "9")
        #expect(unknown.status == 3 && unknown.errors.contains("[unknown-version]"), "\(unknown)")
        #expect(try await workplace.migrate("baseline", "first").status == 64)
    }

    @Test func `a process that holds the database is named`() async throws {
        try workplace.write("CREATE TABLE conversations (id TEXT, title TEXT, created_at TEXT, updated_at TEXT);", to: "003_served.sql")
        let server = try await workplace.serve("--database", workplace.directory.file("other.db")).ready()
        try await workplace.byHand("CREATE INDEX note_text ON note (text)")
        let other = workplace.directory.file("other.db")
        let held = try await Parley.run(
            "migrate",
            "repair",
            "--database",
            other,
            "--migrations",
            workplace.migrations,
            "--lock-timeout",
            "0",
            "--yes"
        )
        #expect(held.status == 0, "nothing to repair, so nobody is in the way")
        try workplace.write("CREATE TABLE note (text TEXT); -- edited", to: "001_note.sql")
        let blocked = try await Parley.run(
            "migrate",
            "repair",
            "--database",
            other,
            "--migrations",
            workplace.migrations,
            "--lock-timeout",
            "0",
            "--yes",
            "--json"
        )
        #expect(blocked.status == 4 && blocked.errors.contains("process \(server.parley.pid)"), "\(blocked)")
        #expect(blocked.output.hasPrefix(#"{"command":"repair","ok":false,"errors":[{"code":"database-busy","#))
        #expect(await server.stop() == 0)
    }

    @Test func `json has what was recorded, or the differences`() async throws {
        let refused = try await workplace.migrate("baseline", "1", "--json")
        #expect(
            refused.status == 1 && refused.output.hasPrefix(#"{"command":"baseline","ok":false,"recorded":[],"pending":["001_note.sql","#)
        )
        let done = try await workplace.migrate("baseline", "1", "--json", "--ignore", "schema_migrations")
        let expected = """
            {"command":"baseline","ok":true,"recorded":["001_note.sql"],"pending":["002_index.sql"],"differences":[],"errors":[]}

            """
        #expect(done == (0, expected, ""))
    }
}
