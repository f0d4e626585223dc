import Database
import DatabaseTesting
import Glibc
import Testing

@testable import Migrations

@Suite struct SchemaVerificationTests {
    private let fixture: MigrationFixture

    init() throws {
        fixture = try MigrationFixture([
            "001_note.sql": "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);",
            "002_index.sql": "CREATE INDEX note_text ON note (text);\nCREATE VIEW texts AS SELECT text FROM note;",
            "003_search.sql": "CREATE VIRTUAL TABLE docs USING fts5(text);\nALTER TABLE note ADD COLUMN at TEXT;",
            "004_keys.sql": "CREATE TABLE tag (name TEXT PRIMARY KEY) WITHOUT ROWID;\nCREATE TABLE \"odd \"\"one\" ([a b] TEXT);",
        ])
    }

    @Test func `a database that only migrations have changed has no drift`() async throws {
        try await fixture.migrate()
        let verification = try await fixture.verify()
        #expect(verification.differences.isEmpty && verification.objectCount == 6 && verification.pending.isEmpty)
        #expect(verification.replayed == ["001_note.sql", "002_index.sql", "003_search.sql", "004_keys.sql"])
    }

    @Test(arguments: [
        ("CREATE INDEX extra ON note (at)", "unexpected index extra"),
        ("DROP INDEX note_text", "missing index note_text"),
        ("ALTER TABLE note ADD COLUMN by TEXT", "different table note"),
        ("ALTER TABLE note DROP COLUMN at", "different table note"),
        ("DROP VIEW texts", "missing view texts"),
        ("DROP VIEW texts; CREATE VIEW texts AS SELECT 1", "different view texts"),
        ("CREATE TRIGGER t AFTER INSERT ON note BEGIN SELECT 1; END", "unexpected trigger t"),
        ("DROP TABLE docs", "missing table docs"),
        ("DROP TABLE docs; CREATE VIRTUAL TABLE docs USING fts5(text, title)", "different table docs"),
        ("DROP TABLE tag; CREATE TABLE tag (name TEXT PRIMARY KEY)", "different table tag"),
        ("ALTER TABLE \"odd \"\"one\" RENAME COLUMN \"a b\" TO c", "different table odd \"one"),
        ("CREATE TABLE schema_migrations (version TEXT)", "unexpected table schema_migrations"),
    ])
    func `what was changed by hand is drift`(script: String, change: String) async throws {
        try await fixture.migrate()
        try await fixture.byHand(script)
        #expect(try await fixture.verify().differences.map(\.summary) == [change])
    }

    @Test(arguments: ["INSERT INTO note (text) VALUES ('x')", "ANALYZE", "PRAGMA user_version = 9", "CREATE TEMP TABLE t (x)"])
    func `what is not in the schema is no drift`(script: String) async throws {
        try await fixture.migrate()
        try await fixture.byHand(script)
        #expect(try await fixture.verify().differences.isEmpty)
    }

    @Test func `files are replayed in the order in which they were applied`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "003_c.sql": "ALTER TABLE a RENAME TO c;"])
        try await fixture.migrate()
        try fixture.add(["002_b.sql": "ALTER TABLE c ADD COLUMN y;"])
        try await fixture.migrate(MigrationOptions(allowsOutOfOrder: true))
        let database = try await fixture.open()
        // As if the clock had been set back before.
        try await database.execute("UPDATE migrations SET applied_at = '2001-01-01 00:00:00' WHERE filename = '002_b.sql'")
        let verification = try await fixture.verify()
        #expect(verification.replayed == ["001_a.sql", "003_c.sql", "002_b.sql"] && verification.differences.isEmpty)
    }

    @Test func `pending files have no part in it`() async throws {
        try await fixture.migrate()
        try fixture.add(["005_later.sql": "CREATE TABLE later (x);"])
        let verification = try await fixture.verify()
        #expect(verification.differences.isEmpty && verification.pending == ["005_later.sql"])
    }

    @Test func `without a record, everything there is was made by no migration`() async throws {
        try await fixture.byHand("CREATE TABLE note (x)")
        let verification = try await fixture.verify()
        #expect(verification.replayed.isEmpty && verification.differences.map(\.summary) == ["unexpected table note"])
    }

    @Test func `tables of another program can be left out`() async throws {
        try await fixture.migrate()
        try await fixture.byHand("CREATE TABLE _litestream_seq (id); CREATE INDEX l ON _litestream_seq (id); CREATE TABLE other (x);")
        #expect(try await fixture.verify(ignoring: ["_LITESTREAM_seq"]).differences.map(\.summary) == ["unexpected table other"])
    }

    @Test func `a file that is run outside of a transaction is replayed too`() async throws {
        try fixture.add(["005_vacuum.sql": "-- parley:no-transaction\nVACUUM;"])
        try await fixture.migrate()
        #expect(try await fixture.verify().differences.isEmpty)
    }

    @Test func `an edited, a renamed and a missing file are errors that say so`() async throws {
        try await fixture.migrate()
        try fixture.add([
            "001_note.sql": "CREATE TABLE other (x);",
            "003_find.sql": "CREATE VIRTUAL TABLE docs USING fts5(text);\nALTER TABLE note ADD COLUMN at TEXT;",
        ])
        for name in ["002_index.sql", "003_search.sql"] { fixture.remove(name) }
        let failure = try await migrationFailure { _ = try await fixture.verify() }
        #expect(
            failure.errors.map(\.place) == [
                "001_note.sql checksum-mismatch", "003_find.sql renamed-file", "002_index.sql missing-file",
            ]
        )
    }

    @Test func `a file that only ran because of something by hand cannot be replayed, and the place is told`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "SELECT 1;\nCREATE INDEX i ON handmade (x);"])
        try await fixture.byHand("CREATE TABLE handmade (x)")
        try await fixture.migrate()
        let failure = try await migrationFailure { _ = try await fixture.verify() }
        #expect(failure.errors.map(\.place) == ["001_a.sql:2:1 statement-failed"] && failure.applied.isEmpty)
        #expect(failure.errors[0].message.contains("no such table: main.handmade"))
        #expect(failure.diagnosis(directory: "m").contains("nothing was changed"))
    }

    @Test func `a table of the name that belongs to another program is an error`() async throws {
        try await fixture.byHand("CREATE TABLE migrations (version INTEGER)")
        #expect(try await migrationFailure { _ = try await fixture.verify() }.errors.map(\.code) == [.foreignRecord])
    }

    @Test func `a schema that cannot be read is an error of the database`() async throws {
        try await fixture.migrate()
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "SCHEMA", with: DatabaseError(.corrupt, "malformed"))
        let failure = try await migrationFailure {
            _ = try await SchemaVerification(of: database, directory: fixture.migrations, scratch: try await MigrationFixture.scratch())
        }
        #expect(failure.errors.map(\.code) == [.databaseFailed])
    }

    @Test func `the file of the database is not written, nor its log`() async throws {
        try await fixture.migrate()
        // A server beside it, which has written something that only the log has.
        let server = try await fixture.open()
        try await server.execute("INSERT INTO note (text) VALUES ('x')")
        let before = try Self.state(of: fixture)
        #expect(try await fixture.verify().differences.isEmpty)
        #expect(try Self.state(of: fixture) == before)
        try await server.close()
    }

    /// Name, size, time of the last change and a checksum of each file, but for SQLite's index of the log, where readers note how far they are.
    private static func state(of fixture: MigrationFixture) throws -> [String] {
        try FileSystem.entries(of: fixture.root.path).filter { $0 != "migrations" }.sorted().map { name in
            guard !name.hasSuffix("-shm") else { return name }
            var status = stat()
            unsafe stat(fixture.root.file(name), &status)
            let content = MigrationContent.checksum(of: try FileSystem.read(fixture.root.file(name)))
            return "\(name) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(content)"
        }
    }
}
