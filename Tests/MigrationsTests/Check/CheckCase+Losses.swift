extension CheckCase {
    private static let note = """
        CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
        CREATE INDEX note_title ON note (title);
        CREATE TRIGGER note_after AFTER UPDATE ON note BEGIN SELECT 1; END;
        """

    private static let viewOfNote = "\nCREATE VIEW titles AS SELECT title FROM note;"
    private static let indexOfNote = "\nCREATE VIRTUAL TABLE words USING fts5 (body, content = 'note', content_rowid = 'id');"

    /// The twelve steps of SQLite's manual, with `ending` behind them.
    private static func rebuild(columns: String = "title, body", _ ending: String) -> String {
        """
        CREATE TABLE note_new (id INTEGER PRIMARY KEY, \(columns));
        INSERT INTO note_new SELECT id, \(columns) FROM note;
        DROP TABLE note;
        ALTER TABLE note_new RENAME TO note;
        \(ending)
        """
    }

    private static let again = """
        CREATE INDEX note_title ON note (title);
        CREATE TRIGGER note_after AFTER UPDATE ON note BEGIN SELECT 1; END;
        """

    static let losses: [CheckCase] = [
        CheckCase("a table", note, "DROP TABLE note;", "1:1 drop-table"),
        CheckCase("a table, in the case of another keyboard", note, "\n  drop table IF EXISTS \"NOTE\";", "2:3 drop-table"),
        CheckCase(
            "two tables",
            "CREATE TABLE a (x); CREATE TABLE b (x);",
            "DROP TABLE b;\nDROP TABLE a;",
            "1:1 drop-table",
            "2:1 drop-table"
        ),
        CheckCase("a table that was never there", note, "DROP TABLE IF EXISTS never;"),
        CheckCase("a table that the same file has made", note, "CREATE TABLE t (x); DROP TABLE t;"),
        CheckCase("a temporary table", note, "CREATE TEMP TABLE note_copy (x); DROP TABLE note_copy;"),
        CheckCase("a virtual table is one table", "CREATE VIRTUAL TABLE f USING fts5 (text);", "DROP TABLE f;", "1:1 drop-table"),
        CheckCase("a table whose name needs quotes", "CREATE TABLE \"a \"\"b\" (x);", "DROP TABLE \"a \"\"b\";", "1:1 drop-table"),
        CheckCase("a column", note, "ALTER TABLE note DROP COLUMN body;", "1:1 drop-column"),
        CheckCase("a column that the same file has added", note, "ALTER TABLE note ADD COLUMN x; ALTER TABLE note DROP COLUMN x;"),
        CheckCase("a column that a rebuild leaves out", note, rebuild(columns: "title", again), "3:1 drop-column"),
        CheckCase(
            "two columns that a rebuild leaves out",
            "CREATE TABLE note (id INTEGER PRIMARY KEY, a, title, b);",
            rebuild(columns: "title", ""),
            "3:1 drop-column",
            "3:1 drop-column"
        ),
        CheckCase(
            "a column replaced by one of the same name",
            note,
            """
            ALTER TABLE note ADD COLUMN b2 INTEGER;
            UPDATE note SET b2 = length(body);
            ALTER TABLE note DROP COLUMN body;
            ALTER TABLE note RENAME COLUMN b2 TO body;
            """
        ),
        CheckCase("a rebuild that makes everything again", note, rebuild(again)),
        CheckCase(
            "indexes that are called like their columns",
            "CREATE TABLE note (id INTEGER PRIMARY KEY, title, body);\nCREATE INDEX title ON note (title);\nCREATE INDEX body ON note (body);",
            rebuild("CREATE INDEX body ON note (body);"),
            "3:1 lost-index"
        ),
        CheckCase("a loss that the file takes back", note + viewOfNote, "SAVEPOINT s; DROP TABLE note; ROLLBACK TO s; RELEASE s;"),
        CheckCase(
            "the table behind a full-text index",
            ["001_a.sql": .text(note + indexOfNote), "002_b.sql": "DROP TABLE note;", "003_c.sql": "DROP TABLE words;"],
            ["002_b.sql:1:1 drop-table", "003_c.sql:1:1 drop-table"]
        ),
        CheckCase(
            "a rebuild that loses an index",
            note,
            rebuild("CREATE TRIGGER note_after AFTER UPDATE ON note BEGIN SELECT 1; END;"),
            "3:1 lost-index"
        ),
        CheckCase("a rebuild that loses a trigger", note, rebuild("CREATE INDEX note_title ON note (title);"), "3:1 lost-trigger"),
        CheckCase("a rebuild that loses both", note, rebuild(""), "3:1 lost-index", "3:1 lost-trigger"),
        CheckCase(
            "a rebuild that gives the index another name",
            note,
            rebuild("CREATE INDEX by_title ON \"note\"(title); CREATE TRIGGER note_after AFTER UPDATE ON note BEGIN SELECT 1; END;")
        ),
        CheckCase(
            "a rebuild that gives the index another column",
            note,
            rebuild("CREATE INDEX by_body ON note (body); CREATE TRIGGER note_after AFTER UPDATE ON note BEGIN SELECT 1; END;"),
            "3:1 lost-index"
        ),
        CheckCase("an index dropped by itself", note, "DROP INDEX note_title; DROP TRIGGER note_after;"),
        CheckCase("an index dropped by itself before a rebuild", note, "DROP INDEX note_title;\nDROP TRIGGER note_after;\n" + rebuild("")),
        CheckCase("the index of a table that is gone as well", note, "DROP TABLE note;", "1:1 drop-table"),
        CheckCase(
            "the index of a UNIQUE column has no statement to be lost",
            "CREATE TABLE note (id INTEGER PRIMARY KEY, title UNIQUE, body);",
            rebuild("")
        ),
        CheckCase(
            "a rebuild in the other order, with the old table first",
            note,
            """
            ALTER TABLE note RENAME TO note_old;
            CREATE TABLE note (id INTEGER PRIMARY KEY, title);
            INSERT INTO note SELECT id, title FROM note_old;
            DROP TABLE note_old;
            """,
            "4:1 drop-column",
            "4:1 lost-index",
            "4:1 lost-trigger"
        ),
        CheckCase(
            "a rebuild that forgets the rows",
            note,
            "DROP TABLE note;\nCREATE TABLE note (id INTEGER PRIMARY KEY, title, body);\n" + again,
            "1:1 drop-table"
        ),
        CheckCase(
            "a view that names a table that is gone",
            note + "CREATE VIEW titles AS SELECT title FROM note;",
            "DROP TABLE note;",
            "1:1 drop-table",
            "1:1 lost-view"
        ),
        CheckCase(
            "a view that names a column that a rebuild leaves out",
            note + "CREATE VIEW bodies AS SELECT body FROM note;",
            "PRAGMA legacy_alter_table = ON;\n" + rebuild(columns: "title", again),
            "4:1 drop-column",
            "4:1 lost-view"
        ),
        CheckCase("a view dropped by itself", note + "CREATE VIEW v AS SELECT 1;", "DROP VIEW v;"),
        CheckCase(
            "a view made again around a rebuild",
            note + "CREATE VIEW titles AS SELECT title FROM note;",
            "DROP VIEW titles;\n" + rebuild(again) + "CREATE VIEW titles AS SELECT title FROM note;"
        ),
        CheckCase(
            "a view made again without its trigger",
            note + "CREATE VIEW v AS SELECT id FROM note; CREATE TRIGGER v_in INSTEAD OF INSERT ON v BEGIN SELECT 1; END;",
            "DROP VIEW v;\nCREATE VIEW v AS SELECT id, title FROM note;",
            "1:1 lost-trigger"
        ),
        CheckCase(
            "a view that could not be read before",
            "CREATE VIEW v AS SELECT x FROM nowhere; CREATE TABLE t (x);",
            "DROP TABLE t;",
            "1:1 drop-table"
        ),
        CheckCase("a table renamed", note, "ALTER TABLE note RENAME TO letter;", "1:1 rename-table"),
        CheckCase(
            "a table renamed, with a view for the old name",
            note,
            "ALTER TABLE note RENAME TO letter; CREATE VIEW note AS SELECT * FROM letter;"
        ),
        CheckCase("a table renamed, and then dropped", note, "ALTER TABLE note RENAME TO letter;\nDROP TABLE letter;", "2:1 drop-table"),
        CheckCase("a column renamed", note, "ALTER TABLE note RENAME COLUMN body TO text;", "1:1 rename-column"),
        CheckCase(
            "a column renamed, and then dropped",
            note,
            "ALTER TABLE note RENAME body TO text;\nALTER TABLE note DROP text;",
            "2:1 drop-column"
        ),
        CheckCase(
            "a column renamed in a table renamed",
            note,
            "ALTER TABLE note RENAME TO letter;\nALTER TABLE letter RENAME body TO text;",
            "1:1 rename-table",
            "2:1 rename-column"
        ),
        CheckCase("a word in a comment, a string or a trigger loses nothing", note, "-- DROP TABLE note;\nSELECT 'DROP TABLE note;';"),
        CheckCase(
            "a table dropped in the third file, and one dropped in the second",
            ["001_a.sql": "CREATE TABLE a (x); CREATE TABLE b (x);", "002_b.sql": "DROP TABLE a;", "003_c.sql": "\nDROP TABLE b;"],
            ["002_b.sql:1:1 drop-table", "003_c.sql:2:1 drop-table"]
        ),
        CheckCase("a file behind a byte order mark", note, "\u{FEFF}DROP TABLE note;", "1:1 drop-table"),
    ]

    static let deletions: [CheckCase] = [
        CheckCase("DELETE", note, "DELETE FROM note;", "1:1 delete-all-rows"),
        CheckCase("DELETE with everything around it", note, "SELECT 1;\n /* x */ delete from main.[note] AS n;", "2:10 delete-all-rows"),
        CheckCase("DELETE from a name in single quotes", note, "DELETE FROM main . 'note';", "1:1 delete-all-rows"),
        CheckCase("DELETE behind WITH", note, "WITH x AS (SELECT 1 WHERE 1) DELETE FROM note;", "1:1 delete-all-rows"),
        CheckCase(
            "DELETE whose only WHERE is in a subquery",
            note,
            "DELETE FROM note RETURNING (SELECT 1 WHERE 1);",
            "1:1 delete-all-rows"
        ),
        CheckCase("DELETE with a WHERE that every row meets", note, "DELETE FROM note WHERE 1 = 1;", "1:1 delete-all-rows"),
        CheckCase("DELETE with a WHERE that no row meets", note, "DELETE FROM note WHERE 0;"),
        CheckCase("DELETE with WHERE", note, "DELETE FROM note WHERE title IS NULL;"),
        CheckCase("DELETE with WITH and WHERE", note, "WITH x (y) AS (VALUES (1)) DELETE FROM note WHERE id IN (SELECT y FROM x);"),
        CheckCase("DELETE in a trigger", note, "CREATE TRIGGER gone AFTER UPDATE ON note BEGIN DELETE FROM note; END;"),
        CheckCase(
            "DELETE in a comment, a string and a name",
            note,
            "-- DELETE FROM note;\nSELECT 'DELETE FROM note' AS \"DELETE FROM note\";"
        ),
        CheckCase("DELETE from a table of the same file", note, "CREATE TABLE t (x); INSERT INTO t VALUES (1); DELETE FROM t;"),
        CheckCase("DELETE from a temporary table", note, "CREATE TEMP TABLE t (x); DELETE FROM t;"),
        CheckCase("INSERT behind WITH", note, "WITH x AS (SELECT 1) INSERT INTO note (title) SELECT * FROM x;"),
        CheckCase("UPDATE without WHERE", note, "UPDATE note SET title = 'x';"),
        CheckCase("EXPLAIN DELETE", note, "EXPLAIN DELETE FROM note;"),
    ]
}
