import Migrations

extension MigrationCase {
    private static let recordTable = """
        CREATE TABLE migrations (
            id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL UNIQUE, checksum TEXT, applied_at DATETIME DEFAULT CURRENT_TIMESTAMP
        )
        """

    private static func refused(_ description: String, _ statement: String) -> MigrationCase {
        MigrationCase(description, sql: .text("CREATE TABLE a (x);\n\(statement);"), at: "2:1", .forbiddenStatement)
    }

    static let records: [MigrationCase] = [
        refused("DROP", "DROP TABLE migrations"),
        refused("DROP IF EXISTS, in other letters", "DROP TABLE IF EXISTS main.\"Migrations\""),
        refused("INSERT", "INSERT INTO migrations (filename) VALUES ('009_z.sql')"),
        refused("REPLACE", "REPLACE INTO migrations (filename) VALUES ('009_z.sql')"),
        refused("DELETE", "DELETE FROM main.migrations"),
        refused("UPDATE", "UPDATE MIGRATIONS SET checksum = NULL"),
        refused("UPDATE in a common table expression's statement", "WITH n AS (SELECT 1) UPDATE migrations SET checksum = NULL"),
        refused("CREATE", "CREATE TABLE migrations (x)"),
        refused("CREATE IF NOT EXISTS", "CREATE TABLE IF NOT EXISTS migrations (x)"),
        refused("CREATE AS SELECT", "CREATE TABLE main.migrations AS SELECT 1"),
        refused("a temporary table of the name", "CREATE TEMP TABLE migrations (filename TEXT)"),
        refused("a temporary view of the name", "CREATE TEMP VIEW migrations AS SELECT 1"),
        refused("a trigger on it", "CREATE TRIGGER t BEFORE INSERT ON migrations BEGIN SELECT RAISE(IGNORE); END"),
        refused("a temporary trigger on it", "CREATE TEMP TRIGGER t AFTER INSERT ON main.migrations BEGIN DELETE FROM migrations; END"),
        refused("an index on it", "CREATE INDEX i ON migrations (checksum)"),
        refused("a new column", "ALTER TABLE migrations ADD COLUMN x"),
        refused("a new name", "ALTER TABLE migrations RENAME TO old_migrations"),
        MigrationCase(
            "its name for another table",
            sql: "CREATE TABLE a (x);\nALTER TABLE a RENAME TO migrations;",
            at: "2:1",
            .statementFailed
        ),
        MigrationCase(
            "its name for a temporary table, by a detour",
            sql: "CREATE TEMP TABLE a (filename TEXT); ALTER TABLE a RENAME TO migrations;",
            query: "SELECT filename FROM migrations",
            rows: ["001_a.sql"]
        ),
        MigrationCase(
            "a trigger of 001 that fires in 002",
            [
                "001_a.sql": "CREATE TABLE a (x);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM migrations; END;",
                "002_b.sql": "INSERT INTO a VALUES (1);",
            ],
            .fails(["002_b.sql:1:1 forbidden-statement"], applied: ["001_a.sql"])
        ),
        MigrationCase(
            "reading it",
            sql: "CREATE TABLE a AS SELECT count(*) AS n FROM migrations;",
            query: "SELECT n FROM a",
            rows: ["0"]
        ),
        MigrationCase(
            "a trigger of another program that throws rows away",
            setUp: [recordTable, "CREATE TRIGGER t BEFORE INSERT ON migrations BEGIN SELECT RAISE(IGNORE); END"],
            ["001_a.sql": "CREATE TABLE a (x);"],
            .fails(["001_a.sql record-not-written"])
        ),
        MigrationCase(
            "a trigger of another program that edits rows",
            setUp: [
                recordTable,
                "CREATE TRIGGER t AFTER INSERT ON migrations BEGIN UPDATE migrations SET filename = 'x' WHERE id = NEW.id; END",
            ],
            ["001_a.sql": "CREATE TABLE a (x);"],
            .fails(["001_a.sql record-not-written"])
        ),
        MigrationCase(
            "a table of the name that belongs to another program",
            setUp: ["CREATE TABLE migrations (version INTEGER, dirty INTEGER)", "INSERT INTO migrations VALUES (7, 0)"],
            ["001_a.sql": "CREATE TABLE a (x);"],
            .fails(["foreign-record"])
        ),
        MigrationCase(
            "rows of another program, without checksums",
            setUp: [recordTable, "INSERT INTO migrations (filename) VALUES ('001_a.sql')"],
            ["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "CREATE TABLE b (x);"],
            .applies(
                ["002_b.sql"],
                leaving: ("SELECT filename FROM migrations WHERE checksum LIKE 'sha256:%' ORDER BY id", ["001_a.sql", "002_b.sql"])
            )
        ),
        MigrationCase(
            "an older table with more columns",
            setUp: [
                "CREATE TABLE migrations (id INTEGER PRIMARY KEY, filename TEXT UNIQUE, checksum TEXT, applied_at TEXT, by TEXT DEFAULT 'x')"
            ],
            ["001_a.sql": "CREATE TABLE a (x);"],
            .applies(["001_a.sql"], leaving: ("SELECT by FROM migrations", ["x"]))
        ),
    ]
}
