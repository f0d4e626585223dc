import Database
import DatabaseTesting
import FoundationEssentials
import Migrations
import Testing

/// What a person is told when a migration fails, to the character.
@Suite struct MigrationDiagnosisTests {
    @Test func `a failed statement`() async throws {
        let text = try await diagnosis([
            "001_create_note.sql": "CREATE TABLE note (title TEXT);",
            "002_copy.sql": "-- Copies.\n\nINSERT INTO note\n\tSELECT 'äé', titel FROM note;\n",
        ])
        #expect(
            text == """
                migrations/002_copy.sql:4:15: error: no such column: titel [statement-failed]
                    4 | \u{20}SELECT 'äé', titel FROM note;
                      |               ^
                  statement: 1 of the file
                  rolled back: 002_copy.sql, all of it
                  next: correct the file and run again: the run continues with it
                Applied by this run, and kept: 001_create_note.sql.
                """
        )
    }

    @Test func `the page for authors shows what is really printed`() async throws {
        let fixture = try MigrationFixture(["001_create_conversations.sql": "CREATE TABLE conversations (id, title);"])
        _ = try await fixture.migrate()
        try fixture.add([
            "004_add_topic.sql": "CREATE TABLE topic (id, name);\n\nINSERT INTO topic\n    SELECT id, titel FROM conversations;\n"
        ])
        let text = try await migrationFailure { try await fixture.migrate() }.diagnosis(directory: "migrations")
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("migrations/README.md"), encoding: .utf8)
        let block = text.split(separator: "\n").map { "    \($0)\n" }.joined()
        #expect(page.contains(block), "\(block)")
    }

    @Test func `a forbidden statement in the first file`() async throws {
        let text = try await diagnosis(["001_a.sql": "CREATE TABLE a (x);\nCOMMIT;\n"])
        #expect(
            text == """
                migrations/001_a.sql:2:1: error: a script may not COMMIT: it runs inside a transaction of its own, together with its record; \
                remove the statement [forbidden-statement]
                    2 | COMMIT;
                      | ^
                  statement: 2 of the file
                  rolled back: 001_a.sql, all of it
                  next: change the file and run again
                No migration was applied by this run.
                """
        )
    }

    @Test func `faults that are found before anything runs`() async throws {
        let text = try await diagnosis(["001_a.sql": "CREATE TABLE a (x);", "1_b.sql": "", "002_c.sql": "\r\n  /* no end\r\n"])
        #expect(
            text == """
                migrations/1_b.sql: error: the name has to begin with a number of three or more digits, such as 001_create_table.sql \
                [invalid-filename]
                  next: rename or move the file
                migrations/002_c.sql:2:3: error: the comment that begins here has no end [unterminated-token]
                    2 |   /* no end
                      |   ^
                  next: close it with */
                No migration was run: nothing was changed.
                """
        )
    }

    @Test func `rows that lose their parent`() async throws {
        let text = try await diagnosis([
            "001_a.sql": "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id INTEGER REFERENCES p);",
            "002_b.sql": "INSERT INTO c VALUES (1), (2);",
        ])
        #expect(
            text == """
                migrations/002_b.sql: error: the script breaks foreign keys: 2 rows of c (p_id) without a parent in p [foreign-key-violation]
                  rolled back: 002_b.sql, all of it
                  next: repair that in the same file, and run again
                Applied by this run, and kept: 001_a.sql.
                """
        )
    }

    @Test func `a line of megabytes is not printed`() async throws {
        let long = String(repeating: "x", count: 1_000_000)
        let text = try await diagnosis(["001_a.sql": .text("SELECT '\(long)', y;")])
        #expect(text.hasPrefix("migrations/001_a.sql:1:1000012: error: no such column: y [statement-failed]\n  statement: 1"))
    }

    @Test(arguments: ["\u{1B}[31mSELECT y;", "SELECT\u{7}y;"])
    func `control characters of a file do not reach the terminal`(_ sql: String) async throws {
        let text = try await diagnosis(["001_a.sql": .text(sql)])
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func `log lines have the same facts as fields`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "CREATE TABLE b (x);\nSELECT y;"])
        let (database, log) = (try await fixture.open(), CapturedLog())
        _ = try await migrationFailure { try await fixture.service(database, logger: log.logger).runMigrations() }
        let applied = try #require(log.lines.first { $0.hasPrefix("info: migration applied") })
        #expect(applied.contains("migration=001_a.sql") && applied.contains("statements=1"))
        #expect(
            log.lines.last
                == "error: migration failed: no such column: y {applied=001_a.sql, code=statement-failed, column=8, line=2, migration=002_b.sql, "
                + "recovery=correct the file and run again: the run continues with it, source=SELECT y;, statement=2}"
        )
    }

    private func diagnosis(_ files: [String: FileContent]) async throws -> String {
        let fixture = try MigrationFixture(files)
        return try await migrationFailure { try await fixture.migrate() }.diagnosis(directory: "migrations")
    }
}
