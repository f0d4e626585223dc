import Migrations

extension MigrationCase {
    private static let family = [
        "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE CASCADE)",
        "CREATE TABLE w (p INTEGER PRIMARY KEY REFERENCES p ON DELETE CASCADE) WITHOUT ROWID",
        "INSERT INTO p VALUES (1, 'a'), (2, 'b')", "INSERT INTO c VALUES (10, 1), (20, 2)", "INSERT INTO w VALUES (1), (2)",
    ]
    private static let orphans = family + ["INSERT INTO c VALUES (30, 99), (31, 98)", "INSERT INTO w VALUES (99)"]
    private static let children = "SELECT (SELECT count(*) FROM c) || ' ' || (SELECT count(*) FROM w)"
    private static let rebuild = """
        CREATE TABLE p_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
        INSERT INTO p_new SELECT id, name FROM p;
        DROP TABLE p;
        ALTER TABLE p_new RENAME TO p;
        """

    static let foreignKeys: [MigrationCase] = [
        MigrationCase(
            "a rebuilt table keeps its cascading children",
            setUp: family,
            sql: .text(rebuild),
            query: children,
            rows: ["2 2"]
        ),
        MigrationCase(
            "a rebuild that forgets a row",
            setUp: family,
            ["001_a.sql": .text(rebuild.replacing("FROM p;", with: "FROM p WHERE id = 1;"))],
            .fails(["001_a.sql foreign-key-violation"])
        ),
        MigrationCase(
            "a child without rowid that loses its parent",
            setUp: Array(family.dropLast(2)) + ["INSERT INTO w VALUES (1)"],
            ["001_a.sql": "DELETE FROM p WHERE id = 1;"],
            .fails(["001_a.sql foreign-key-violation"])
        ),
        MigrationCase(
            "a script that switches enforcement on, to be safe",
            setUp: family,
            ["001_a.sql": "DELETE FROM c; DELETE FROM w;\nPRAGMA foreign_keys = ON;\nDELETE FROM p;"],
            .fails(["001_a.sql:2:1 forbidden-statement"])
        ),
        MigrationCase(
            "old orphans do not stop a file that has nothing to do with them",
            setUp: orphans,
            sql: "CREATE TABLE other (x);",
            query: children,
            rows: ["4 3"]
        ),
        MigrationCase(
            "old orphans do not stop a rebuild of their table",
            setUp: orphans,
            sql: .text(rebuild),
            query: children,
            rows: ["4 3"]
        ),
        MigrationCase(
            "old orphans do not hide a new one",
            setUp: orphans,
            ["001_a.sql": "INSERT INTO c VALUES (32, 97);"],
            .fails(["001_a.sql foreign-key-violation"])
        ),
        MigrationCase(
            "old orphans do not become new when their table gets another key",
            setUp: orphans,
            sql: "ALTER TABLE c ADD COLUMN q INTEGER REFERENCES p;",
            query: children,
            rows: ["4 3"]
        ),
        MigrationCase(
            "RENAME, which takes the children's references along",
            setUp: family,
            [
                "001_a.sql": """
                ALTER TABLE p RENAME TO p_old;
                CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);
                INSERT INTO p SELECT * FROM p_old;
                DROP TABLE p_old;
                """
            ],
            .fails(["001_a.sql foreign-key-violation"])
        ),
        MigrationCase(
            "a key that does not fit its parent, from before, with rows",
            setUp: [
                "CREATE TABLE p (id INTEGER)", "CREATE TABLE c (p INTEGER REFERENCES p (id))", "INSERT INTO c VALUES (1)",
                "CREATE TABLE d (c INTEGER REFERENCES nobody)", "INSERT INTO d VALUES (1)",
            ],
            sql: "CREATE TABLE other (x);",
            query: "SELECT count(*) FROM c",
            rows: ["1"]
        ),
        MigrationCase(
            "a key that a script makes and that does not fit its parent",
            ["001_a.sql": "CREATE TABLE p (id INTEGER); CREATE TABLE c (p INTEGER REFERENCES p (id)); INSERT INTO c VALUES (1);"],
            .fails(["001_a.sql foreign-key-violation"])
        ),
        MigrationCase(
            "a key that does not fit does not hide an orphan elsewhere",
            setUp: family + ["CREATE TABLE a (id INTEGER)", "CREATE TABLE b (a INTEGER REFERENCES a (id))", "INSERT INTO b VALUES (1)"],
            ["001_a.sql": "INSERT INTO c VALUES (32, 97);"],
            .fails(["001_a.sql foreign-key-violation"])
        ),
        MigrationCase(
            "a child made before its parent",
            ["001_a.sql": "CREATE TABLE c (p INTEGER REFERENCES p);", "002_b.sql": "CREATE TABLE p (id INTEGER PRIMARY KEY);"],
            .applies(["001_a.sql", "002_b.sql"])
        ),
        MigrationCase(
            "a view on a rebuilt table",
            setUp: family + ["CREATE VIEW v AS SELECT name FROM p"],
            ["001_a.sql": .text(rebuild)],
            .fails(["001_a.sql:4:1 statement-failed"])
        ),
        MigrationCase(
            "a view on a rebuilt table, dropped and made again",
            setUp: family + ["CREATE VIEW v AS SELECT name FROM p"],
            sql: .text("DROP VIEW v;\n\(rebuild)\nCREATE VIEW v AS SELECT name FROM p;"),
            query: "SELECT name FROM v ORDER BY name",
            rows: ["a", "b"]
        ),
        MigrationCase(
            "a view on a rebuilt table, with the old ALTER TABLE",
            setUp: family + ["CREATE VIEW v AS SELECT name FROM p"],
            sql: .text("PRAGMA legacy_alter_table = ON;\n\(rebuild)"),
            query: "SELECT name FROM v ORDER BY name",
            rows: ["a", "b"]
        ),
    ]
}
