import Database
import DatabaseTesting
import Migrations
import Testing

@Suite struct SchemaDumpTests {
    /// A dump of a database that was made by hand.
    private func dump(_ script: String) async throws -> String {
        let database = try await MigrationFixture.scratch()
        try await database.run(script)
        return try await SchemaDump(of: database).text
    }

    @Test(arguments: [
        "", "CREATE TABLE b (x); CREATE TABLE a (x REFERENCES b (x));",
        "CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text UNIQUE CHECK (length(text) > 0)); CREATE INDEX n ON note (text) WHERE id > 1;",
        "CREATE TABLE tag (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID; CREATE TABLE g (a, b AS (a + 1) STORED);",
        "CREATE TABLE a (x); CREATE VIEW z AS SELECT x FROM a; CREATE VIEW b AS SELECT x FROM z; CREATE VIEW c AS SELECT x FROM b, z;",
        "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a; CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN INSERT INTO a VALUES (NEW.x); END;",
        "CREATE TABLE a (x); CREATE TRIGGER a AFTER INSERT ON a WHEN NEW.x = ';' BEGIN UPDATE a SET x = CASE x WHEN 1 THEN 2 END; SELECT 1; END;",
        "CREATE VIRTUAL TABLE docs USING fts5(text, content=note); CREATE TABLE note (text); CREATE VIRTUAL TABLE r USING rtree(id, a, b);",
        "CREATE VIRTUAL TABLE docs USING fts5(text); CREATE VIRTUAL TABLE aux USING fts5vocab(docs, row);",
        "CREATE TABLE \"odd \"\"one\" ([a b] DEFAULT 'it''s; -- not'); CREATE INDEX [i;] ON \"odd \"\"one\" (\"a b\");",
        "CREATE TABLE a (x -- the first\n, y); CREATE VIEW v AS SELECT 1 -- one\n, 2; ALTER TABLE a ADD COLUMN z /* last */ DEFAULT 3;",
    ])
    func `a dump makes an equal schema, and that has the same dump`(script: String) async throws {
        let first = try await MigrationFixture.scratch()
        try await first.run(script)
        let text = try await SchemaDump(of: first).text
        let second = try await MigrationFixture.scratch()
        try await second.run(text)
        #expect(try await second.schema().changes(from: try await first.schema()) == [])
        #expect(try await SchemaDump(of: second).text == text)
        #expect(try await first.schema().objects.count == second.schema().objects.count)
    }

    @Test func `objects are sorted by kind and name, each kind behind those that it needs`() async throws {
        let text = try await dump(
            """
            CREATE VIEW w AS SELECT * FROM v; CREATE VIEW v AS SELECT * FROM b; CREATE VIRTUAL TABLE a USING fts5(t); CREATE TABLE c (x);
            CREATE TRIGGER t INSTEAD OF DELETE ON v BEGIN SELECT 1; END; CREATE TABLE B (x); CREATE INDEX i ON c (x);
            """
        )
        let expected = """
            -- The schema of a database without a record of migrations.

            CREATE TABLE B (x);
            CREATE TABLE c (x);
            CREATE VIRTUAL TABLE a USING fts5(t);
            CREATE INDEX i ON c (x);
            CREATE VIEW v AS SELECT * FROM b;
            CREATE VIEW w AS SELECT * FROM v;
            CREATE TRIGGER t INSTEAD OF DELETE ON v BEGIN SELECT 1; END;

            """
        #expect(text == expected)
    }

    @Test func `the migrations stand at the top, as comments and without times`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "DROP TABLE a;"])
        try await fixture.migrate()
        let database = try await fixture.open()
        try await database.execute("UPDATE migrations SET checksum = NULL WHERE filename = '002_b.sql'")
        try await database.execute("INSERT INTO migrations (filename, checksum) VALUES ('x' || char(10) || 'DROP TABLE y;', 'z')")
        let checksum = try #require(try await MigrationTracking(database: database).appliedMigrations().first?.checksum)
        let expected = """
            -- The schema of a database on which these migrations are recorded, in the order of their application:
            --   001_a.sql \(checksum)
            --   002_b.sql (checksum unknown)
            --   x DROP TABLE y; z


            """
        #expect(try await SchemaDump(of: database).text == expected)
    }

    @Test func `a database that is made from a dump can be adopted`() async throws {
        let fixture = try MigrationFixture([
            "001_a.sql": "CREATE TABLE a (x INTEGER PRIMARY KEY);\nCREATE VIRTUAL TABLE docs USING fts5(t);",
            "002_b.sql": "ALTER TABLE a ADD COLUMN y REFERENCES a;",
        ])
        try await fixture.migrate()
        let text = try await SchemaDump(of: try await fixture.open()).text
        let database = try await MigrationFixture.scratch()
        try await database.run(text)
        let baseline = try await MigrationBaseline(
            directory: fixture.migrations,
            upTo: nil,
            scratch: try await MigrationFixture.scratch()
        )
        #expect(try await baseline.adopt(database) == [])
        #expect(try await SchemaDump(of: database).text == text)
    }
}
