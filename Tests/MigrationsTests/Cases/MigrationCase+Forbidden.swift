import Migrations

extension MigrationCase {
    /// Each of these in the second line of a script.
    private static func refused(_ description: String, _ statement: String) -> MigrationCase {
        MigrationCase(description, sql: .text("CREATE TABLE a (x);\n\(statement);"), at: "2:1", .forbiddenStatement)
    }

    static let forbidden: [MigrationCase] = [
        refused("ATTACH", "ATTACH DATABASE ':memory:' AS other"),
        refused("DETACH", "DETACH DATABASE main"),
        refused("VACUUM", "VACUUM"),
        refused("VACUUM INTO", "VACUUM INTO '/tmp/parley-must-not-be-written.db'"),
        refused("foreign keys", "PRAGMA foreign_keys = ON"),
        refused("foreign keys of a named database", "PRAGMA main.foreign_keys(1)"),
        refused("writable_schema", "PRAGMA writable_schema = ON"),
        refused("checks", "PRAGMA ignore_check_constraints = ON"),
        refused("the journal", "PRAGMA journal_mode = DELETE"),
        refused("the journal, asked in capitals", "PRAGMA JOURNAL_MODE"),
        refused("durability", "PRAGMA synchronous = OFF"),
        refused("the locking mode", "PRAGMA locking_mode = EXCLUSIVE"),
        refused("a checkpoint", "PRAGMA wal_checkpoint"),
        refused("query_only", "PRAGMA query_only = ON"),
        refused("recursive triggers", "PRAGMA recursive_triggers = ON"),
        refused("the schema's version", "PRAGMA schema_version = 1"),
        refused("the page size", "PRAGMA page_size = 512"),
        refused("the text encoding", "PRAGMA encoding = 'UTF-16'"),
        refused("a pragma as a table", "SELECT * FROM pragma_foreign_keys"),
        MigrationCase(
            "checks that 001 switches off and 002 would not have",
            [
                "001_a.sql": "CREATE TABLE a (x CHECK (x > 0));\nPRAGMA ignore_check_constraints = 1;",
                "002_b.sql": "INSERT INTO a VALUES (-1);",
            ],
            .fails(["001_a.sql:2:1 forbidden-statement"])
        ),
        MigrationCase(
            "the schema written by hand",
            sql: "CREATE TABLE a (x);\nINSERT INTO sqlite_schema VALUES ('table', 'b', 'b', 0, '');",
            at: "2:1",
            .statementFailed
        ),
        MigrationCase(
            "the tables inside a full-text index",
            sql: "CREATE VIRTUAL TABLE f USING fts5 (text);\nDELETE FROM f_data;",
            at: "2:1",
            .statementFailed
        ),
        MigrationCase("extensions", sql: "SELECT load_extension('x');", at: "1:1", .statementFailed),
        MigrationCase(
            "what a script may read and set",
            sql: """
                PRAGMA user_version = 7; PRAGMA application_id = 8; PRAGMA table_info(a); PRAGMA foreign_key_check;
                PRAGMA integrity_check; PRAGMA defer_foreign_keys = ON; PRAGMA page_size; PRAGMA main.data_version;
                """,
            query: "SELECT user_version + application_id FROM pragma_user_version, pragma_application_id",
            rows: ["15"]
        ),
        MigrationCase(
            "full-text search, which asks pragmas of its own",
            sql: """
                CREATE VIRTUAL TABLE f USING fts5 (text); INSERT INTO f VALUES ('naïve parrot'); INSERT INTO f (f) VALUES ('rebuild');
                CREATE VIRTUAL TABLE g USING fts4 (text); INSERT INTO g VALUES ('parrot'); DELETE FROM g; DROP TABLE g;
                """,
            query: "SELECT text FROM f WHERE f MATCH 'parrot'",
            rows: ["naïve parrot"]
        ),
        MigrationCase(
            "an R-tree, which asks the page size",
            sql: "CREATE VIRTUAL TABLE r USING rtree (id, low, high); INSERT INTO r VALUES (1, 2, 3);",
            query: "SELECT id FROM r WHERE low > 1",
            rows: ["1"]
        ),
        MigrationCase(
            "legacy_alter_table, for one file only",
            [
                "001_a.sql": "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p); PRAGMA legacy_alter_table = ON;",
                "002_b.sql": "ALTER TABLE p RENAME TO q;",
            ],
            .applies(["001_a.sql", "002_b.sql"], leaving: ("SELECT \"table\" FROM pragma_foreign_key_list('c')", ["q"]))
        ),
    ]
}
