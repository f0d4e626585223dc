import Database
import Migrations
import Testing

@Suite struct SchemaDifferenceTests {
    private func text(_ expected: String, _ actual: String) async throws -> String {
        let (first, second) = (try await MigrationFixture.scratch(), try await MigrationFixture.scratch())
        try await first.run(expected)
        try await second.run(actual)
        return SchemaDifference.text(try await second.schema().differences(from: try await first.schema()))
    }

    @Test func `a diff shows the lines that differ among those that do not`() async throws {
        let expected = """
            CREATE TABLE note (
                id INTEGER PRIMARY KEY,
                text TEXT NOT NULL,
                at TEXT
            );
            CREATE INDEX note_at ON note (at);
            """
        let actual = """
            CREATE TABLE note (
              id INTEGER PRIMARY KEY,
              text TEXT,
              at TEXT,
              by TEXT
            );
            CREATE VIEW later AS SELECT 1;
            """
        let diff = """
            --- what the migrations make
            +++ what the database has
            @@ table note: different @@
             CREATE TABLE note (
                 id INTEGER PRIMARY KEY,
            -    text TEXT NOT NULL,
            -    at TEXT
            +  text TEXT,
            +  at TEXT,
            +  by TEXT
             )
            @@ index note_at on note: missing @@
            -CREATE INDEX note_at ON note (at)
            @@ view later: unexpected @@
            +CREATE VIEW later AS SELECT 1

            """
        #expect(try await text(expected, actual) == diff)
    }

    @Test func `equal schemas have no text`() async throws {
        #expect(try await text("CREATE TABLE a (x)", "CREATE TABLE a (x) -- the same") == "")
    }

    @Test func `space that is the only difference is shown`() async throws {
        let diff = try await text("CREATE TABLE a (x DEFAULT 'a b')", "CREATE TABLE a (x DEFAULT 'a  b')")
        #expect(diff.contains("\n-CREATE TABLE a (x DEFAULT 'a b')\n+CREATE TABLE a (x DEFAULT 'a  b')\n"))
    }

    @Test func `what a schema holds does not move the cursor`() async throws {
        let diff = try await text("", "CREATE TABLE \"a\u{1B}[2J\nb\" (x DEFAULT '\u{7}')")
        #expect(diff.contains("@@ table a [2J b: unexpected @@") && !diff.contains("\u{1B}") && !diff.contains("\u{7}"))
    }
}
