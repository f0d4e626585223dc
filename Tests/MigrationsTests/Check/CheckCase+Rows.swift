extension CheckCase {
    private static let user = "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, age INTEGER);"
    private static let fails = "fails-on-filled-table"

    static let rows: [CheckCase] = [
        CheckCase("NOT NULL without a default", user, "ALTER TABLE user ADD COLUMN x TEXT NOT NULL;", "1:1 \(fails)"),
        CheckCase("NOT NULL with a default", user, "ALTER TABLE user ADD COLUMN x TEXT NOT NULL DEFAULT '';"),
        CheckCase("a default that is not constant", user, "ALTER TABLE user ADD COLUMN x DEFAULT CURRENT_TIMESTAMP;", "1:1 \(fails)"),
        CheckCase(
            "a check that its own default breaks",
            user,
            "ALTER TABLE user ADD COLUMN x INTEGER DEFAULT 0 CHECK (x > 0);",
            "1:1 \(fails)"
        ),
        CheckCase("a unique index", user, "-- x\nCREATE UNIQUE INDEX user_name ON user (name);", "2:1 \(fails)"),
        CheckCase("a unique index over two columns", user, "CREATE UNIQUE INDEX u ON user (name, age);", "1:1 \(fails)"),
        CheckCase("a unique index of what is unique already", user, "CREATE UNIQUE INDEX u ON user (id, name);"),
        CheckCase(
            "a unique index behind the removal of duplicates",
            user,
            "DELETE FROM user WHERE id NOT IN (SELECT min(id) FROM user GROUP BY name); CREATE UNIQUE INDEX u ON user (name);"
        ),
        CheckCase(
            "half of a compound key",
            "CREATE TABLE member (team INTEGER, user INTEGER, PRIMARY KEY (team, user)) WITHOUT ROWID;",
            "CREATE UNIQUE INDEX u ON member (team);",
            "1:1 \(fails)"
        ),
        CheckCase(
            "the other half",
            "CREATE TABLE member (team INTEGER, user INTEGER, PRIMARY KEY (team, user)) WITHOUT ROWID;",
            "CREATE UNIQUE INDEX u ON member (user);",
            "1:1 \(fails)"
        ),
        CheckCase(
            "a rebuild with NOT NULL",
            user,
            """
            CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT NOT NULL, age INTEGER);
            INSERT INTO n SELECT * FROM user;
            DROP TABLE user;
            ALTER TABLE n RENAME TO user;
            """,
            "2:1 \(fails)"
        ),
        CheckCase(
            "a rebuild with NOT NULL that fills the column",
            user,
            """
            CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT NOT NULL, age INTEGER);
            INSERT INTO n SELECT id, name, coalesce(mail, ''), age FROM user;
            DROP TABLE user;
            ALTER TABLE n RENAME TO user;
            """
        ),
        CheckCase(
            "a rebuild with UNIQUE",
            user,
            "CREATE TABLE n (name TEXT UNIQUE);\nINSERT INTO n SELECT name FROM user;\nDROP TABLE n;",
            "2:1 \(fails)"
        ),
        CheckCase(
            "an UPDATE that breaks a key",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, title TEXT NOT NULL);",
            "UPDATE t SET slug = title;",
            "1:1 \(fails)"
        ),
        CheckCase("an UPDATE to NULL", user, "UPDATE user SET name = mail;", "1:1 \(fails)"),
        CheckCase(
            "parents deleted from under their children",
            "CREATE TABLE p (id INTEGER PRIMARY KEY, x); CREATE TABLE c (p INTEGER NOT NULL REFERENCES p);",
            "CREATE TABLE other (x);\nDELETE FROM p WHERE x IS NULL OR 1;\nSELECT 1;",
            "2:1 \(fails)"
        ),
        CheckCase(
            "parents and children rebuilt",
            "CREATE TABLE p (id INTEGER PRIMARY KEY, x); CREATE TABLE c (p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE);",
            "CREATE TABLE q (id INTEGER PRIMARY KEY, x, y); INSERT INTO q SELECT id, x, 1 FROM p; DROP TABLE p; ALTER TABLE q RENAME TO p;"
        ),
        CheckCase(
            "a file behind one that fails on rows is tried as well",
            [
                "001_a.sql": .text(user), "002_b.sql": "ALTER TABLE user ADD COLUMN x NOT NULL;",
                "003_c.sql": "CREATE UNIQUE INDEX u ON user (name);",
            ],
            ["002_b.sql:1:1 \(fails)", "003_c.sql:1:1 \(fails)"]
        ),
        CheckCase(
            "rows inserted by hand",
            "CREATE TABLE role (id INTEGER PRIMARY KEY, name TEXT UNIQUE);",
            "INSERT INTO role VALUES (1, 'a'), (2, 'b');"
        ),
        CheckCase(
            "the one row of a table of settings",
            "CREATE TABLE setting (id INTEGER PRIMARY KEY CHECK (id = 1), x);",
            "INSERT INTO setting VALUES (1, 'x');"
        ),
        CheckCase(
            "a file that needs the rows of another file",
            [
                "001_a.sql": "CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE); INSERT INTO kind VALUES (1, 'x');",
                "002_b.sql": "CREATE TABLE t (x NOT NULL); INSERT INTO t VALUES ((SELECT id FROM kind WHERE name = 'x'));",
            ],
            []
        ),
        CheckCase(
            "a script that takes its transaction along once there are rows",
            user,
            "UPDATE OR ROLLBACK user SET name = NULL;",
            "1:1 \(fails)"
        ),
        CheckCase("an index for speed", user, "CREATE INDEX u ON user (name, abs(age)); CREATE UNIQUE INDEX v ON user (id) WHERE age > 1;"),
        CheckCase("one statement outside a transaction", ["001_a.sql": .text(user), "002_b.sql": "-- parley:no-transaction\nVACUUM;"], []),
    ]

    /// A table that is filled gives a finding for a column that is NOT NULL and has no default; one that is not filled gives a note.
    private static func filled(_ description: String, _ schema: String, table: String = "t") -> CheckCase {
        CheckCase(description, schema, "ALTER TABLE \(table) ADD COLUMN added TEXT NOT NULL;", "1:1 \(fails)")
    }

    static let fillings: [CheckCase] = [
        filled("no types", "CREATE TABLE t (a, b);"),
        filled(
            "every type, strictly",
            "CREATE TABLE t (a INT NOT NULL, b REAL NOT NULL, c TEXT NOT NULL, d BLOB NOT NULL, e ANY NOT NULL) STRICT;"
        ),
        filled("a length", "CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36));"),
        filled("a choice of words", "CREATE TABLE t (state TEXT NOT NULL CHECK (state IN ('open', 'closed')));"),
        filled("a range", "CREATE TABLE t (a INTEGER NOT NULL CHECK (a BETWEEN 3 AND 5));"),
        filled("two columns in order", "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, CHECK (a < b));"),
        filled("a named check", "CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, CONSTRAINT short CHECK (length(a) < 4));"),
        filled(
            "a pattern",
            "CREATE TABLE t (mail TEXT NOT NULL CHECK (mail LIKE '%_@_%._%'), currency TEXT CHECK (currency GLOB '[A-Z][A-Z][A-Z]'));"
        ),
        filled("JSON", "CREATE TABLE t (j TEXT NOT NULL CHECK (j LIKE '{%:%}'), k TEXT NOT NULL CHECK (k LIKE '[%]'));"),
        filled(
            "a time",
            "CREATE TABLE t (t TEXT NOT NULL CHECK (t GLOB '????-??-??T??:??:??.???Z'), d DATE NOT NULL CHECK (date(d) = d));"
        ),
        filled("one of two", "CREATE TABLE t (a TEXT, b TEXT, CHECK ((a IS NULL) <> (b IS NULL)));"),
        filled("a default that fits", "CREATE TABLE t (a TEXT NOT NULL DEFAULT ('x' || 'y') CHECK (a = 'x' || 'y'));"),
        filled("a column that is computed", "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER AS (a * 2) STORED, c AS (a + 1) UNIQUE);"),
        filled(
            "a parent",
            "CREATE TABLE t (p TEXT NOT NULL REFERENCES p (code)); CREATE TABLE p (code TEXT PRIMARY KEY CHECK (length(code) = 2));"
        ),
        filled(
            "a compound parent",
            "CREATE TABLE p (a INT, b TEXT, PRIMARY KEY (b, a)); CREATE TABLE t (x INT NOT NULL, y TEXT NOT NULL, FOREIGN KEY (y, x) REFERENCES p);"
        ),
        filled("itself as its parent", "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES t);"),
        filled(
            "parents in a ring",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, o NOT NULL REFERENCES o); CREATE TABLE o (id INTEGER PRIMARY KEY, t NOT NULL REFERENCES t);"
        ),
        filled(
            "a trigger that writes elsewhere",
            "CREATE TABLE t (a NOT NULL); CREATE TABLE l (a); CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO l VALUES (NEW.a); END;"
        ),
        filled(
            "a conflict clause that would end the transaction",
            "CREATE TABLE t (a NOT NULL UNIQUE ON CONFLICT ROLLBACK CHECK (a IN ('x', 'y')));"
        ),
        filled("AUTOINCREMENT", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a DATETIME DEFAULT CURRENT_TIMESTAMP);"),
        filled("a name that needs quotes", "CREATE TABLE \"t \"\"1\" (\"select\" NOT NULL, \"a b\" NOT NULL);", table: "\"t \"\"1\""),
        CheckCase(
            "a check that nobody can guess",
            "CREATE TABLE t (a TEXT NOT NULL CHECK (a = hex('parley')));",
            "ALTER TABLE t ADD COLUMN b NOT NULL;",
            notes: ["made up for the table t"]
        ),
        CheckCase(
            "a trigger that refuses every row",
            "CREATE TABLE t (a); CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END;",
            "ALTER TABLE t ADD COLUMN b NOT NULL;",
            notes: ["made up for the table t"]
        ),
        CheckCase(
            "a trigger that ends the transaction",
            "CREATE TABLE u (a); CREATE TABLE t (a); CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'no'); END;",
            "ALTER TABLE t ADD COLUMN b NOT NULL;\nALTER TABLE u ADD COLUMN b NOT NULL;",
            "2:1 \(fails)",
            notes: ["made up for the table t"]
        ),
        CheckCase(
            "a trigger that throws every row away",
            "CREATE TABLE t (a); CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(IGNORE); END;",
            "ALTER TABLE t ADD COLUMN b NOT NULL;",
            notes: ["made up for the table t"]
        ),
        CheckCase(
            "a table for searching has the rows of another one, and none of its own",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE VIRTUAL TABLE f USING fts5 (a, content = 't', content_rowid = 'id');",
            "INSERT INTO f (f) VALUES ('rebuild'); CREATE TABLE u (a UNIQUE);\nINSERT INTO u SELECT a FROM f;",
            "2:1 \(fails)"
        ),
    ]
}
