import Migrations

extension MigrationCase {
    static let texts: [MigrationCase] = [
        MigrationCase(
            "trigger bodies, CASE, strings with semicolons at their line ends, names in brackets",
            sql: """
                CREATE TABLE [a;b] (x TEXT DEFAULT 'one;
                two;', "y;" TEXT);
                CREATE TRIGGER t AFTER INSERT ON [a;b] BEGIN
                    UPDATE [a;b] SET "y;" = CASE WHEN NEW.x = 'BEGIN;' THEN ';END;' ELSE '' END;
                    SELECT 1; -- END;
                END;
                INSERT INTO [a;b] (x) VALUES ('BEGIN;');
                """,
            query: "SELECT \"y;\" FROM [a;b]",
            rows: [";END;"]
        ),
        MigrationCase(
            "no semicolon at the end",
            sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1)",
            query: "SELECT x FROM a",
            rows: ["1"]
        ),
        MigrationCase(
            "a comment without a line end at the end",
            sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1); -- done",
            query: "SELECT x FROM a",
            rows: ["1"]
        ),
        MigrationCase(
            "a full-text index that triggers fill, and JSON in a CHECK and in an index",
            sql: """
                CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT, tags TEXT CHECK (json_valid(tags)));
                CREATE INDEX note_tag ON note (json_extract(tags, '$[0]'));
                CREATE VIRTUAL TABLE note_text USING fts5 (text, content = 'note', content_rowid = 'id');
                CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
                    INSERT INTO note_text (rowid, text) VALUES (NEW.id, NEW.text);
                END;
                INSERT INTO note (text, tags) VALUES ('a bird in the hand', '["birds"]');
                """,
            query: "SELECT json_extract(tags, '$[0]') FROM note_text JOIN note ON note.id = note_text.rowid WHERE note_text MATCH 'hand'",
            rows: ["birds"]
        ),
        MigrationCase("an empty file", sql: "", at: "1:1", .noStatement),
        MigrationCase("white space only", sql: " \t\r\n\u{0C}\n", at: "1:1", .noStatement),
        MigrationCase("comments only", sql: "-- later\n/* or\nnever */\n", at: "1:1", .noStatement),
        MigrationCase(
            "comments and an empty statement",
            sql: "-- nothing\n;",
            query: "SELECT filename FROM migrations",
            rows: ["001_a.sql"]
        ),
        MigrationCase(
            "an empty file behind one that runs",
            ["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "-- Say here why\n"],
            .fails(["002_b.sql:1:1 no-statement"])
        ),
        MigrationCase("empty statements", sql: ";;CREATE TABLE a (x);;;\n;", query: "SELECT count(*) FROM a", rows: ["0"]),
        MigrationCase("a byte order mark", sql: "\u{FEFF}CREATE TABLE a (x);", query: "SELECT count(*) FROM a", rows: ["0"]),
        MigrationCase("a byte order mark alone", sql: "\u{FEFF}", at: "1:1", .noStatement),
        MigrationCase("an error behind a byte order mark", sql: "\u{FEFF}CREATE TABLE a (x), y;", at: "1:1", .statementFailed),
        MigrationCase(
            "CRLF stays in a literal",
            sql: "CREATE TABLE a (x);\r\nINSERT INTO a VALUES ('1\r\n2');\r\n",
            query: "SELECT hex(x) FROM a",
            rows: ["310D0A32"]
        ),
        MigrationCase(
            "an error in a file with CRLF",
            sql: "CREATE TABLE a (x);\r\n\tSELECT y\r\n\tFROM a;\r\n",
            at: "2:9",
            .statementFailed
        ),
        MigrationCase("columns count characters, not bytes", sql: "SELECT 'äöü 🦜', y;", at: "1:17", .statementFailed),
        MigrationCase("a tab is one column", sql: "\t\tSELECT y;", at: "1:10", .statementFailed),
        MigrationCase("a misspelt keyword", sql: "CREATE TABLE a (x);\n\nCRATE TABLE b (x);", at: "3:1", .statementFailed),
        MigrationCase("a statement that is cut off", sql: "CREATE TABLE a (x);\nINSERT INTO a VALUES (1,", at: "2:1", .statementFailed),
        MigrationCase(
            "double quotes are no string",
            sql: "CREATE TABLE a (x);\nINSERT INTO a VALUES (\"typo\");",
            at: "2:23",
            .statementFailed
        ),
        MigrationCase(
            "double quotes in a default",
            sql: "CREATE TABLE a (x, y GENERATED ALWAYS AS (\"typo\"));",
            at: "1:43",
            .statementFailed
        ),
        MigrationCase(
            "a placeholder, which nothing is bound to",
            sql: "CREATE TABLE a (x);\nINSERT INTO a VALUES (?);",
            at: "2:1",
            .statementFailed
        ),
        MigrationCase(
            "a NUL byte behind the first statement",
            sql: .text("CREATE TABLE a (x);\n\0CREATE TABLE b (x);"),
            at: "2:1",
            .invalidEncoding
        ),
        MigrationCase("a NUL byte at the end", sql: .text("CREATE TABLE a (x);\0"), at: "1:20", .invalidEncoding),
        MigrationCase("Latin-1", sql: .bytes(Array("-- na".utf8) + [0xEF] + Array("ve\n".utf8)), at: "1:6", .invalidEncoding),
        MigrationCase("half a character at the end", sql: .bytes(Array("-- x\n".utf8) + [0xC3]), at: "2:1", .invalidEncoding),
        MigrationCase("UTF-16", sql: .bytes([0xFF, 0xFE, 0x2D, 0x00]), at: "1:1", .invalidEncoding),
        MigrationCase("a comment without an end", sql: "CREATE TABLE a (x);\n  /* CREATE TABLE b (x);", at: "2:3", .unterminatedToken),
        MigrationCase("a comment that is only /*/", sql: "CREATE TABLE a (x); /*/", at: "1:21", .unterminatedToken),
        MigrationCase(
            "a string without an end",
            sql: "CREATE TABLE a (x);\nINSERT INTO a VALUES ('it''s);",
            at: "2:23",
            .unterminatedToken
        ),
        MigrationCase("a name without an end", sql: "CREATE TABLE [a (x);", at: "1:14", .unterminatedToken),
        MigrationCase("a directive of a later version", sql: "-- parley:undo\nVACUUM;", at: "1:1", .unknownDirective),
        MigrationCase("what is allowed without a reason", sql: "\n-- parley:allow drop-table\nDROP TABLE a;", at: "2:1", .unknownDirective),
        MigrationCase("a finding that there is not", sql: "-- parley:allow all of it\n", at: "1:1", .unknownDirective),
        MigrationCase(
            "directives without end, of which twenty are enough",
            ["001_a.sql": .text(String(repeating: "-- parley:x\n", count: 10_000))],
            .fails((1...20).map { "001_a.sql:\($0):1 unknown-directive" })
        ),
        MigrationCase(
            "20,000 statements",
            sql: .text("CREATE TABLE a (x);\n" + (1...20_000).map { "INSERT INTO a VALUES (\($0)); -- ;\n" }.joined()),
            query: "SELECT count(*) || ' ' || sum(x) FROM a",
            rows: ["20000 200010000"]
        ),
        MigrationCase(
            "an error in the last of 20,000 lines",
            sql: .text(String(repeating: "SELECT 1;\n", count: 20_000) + "SELECT y;"),
            at: "20001:8",
            .statementFailed
        ),
        MigrationCase(
            "a line of six megabytes",
            sql: .text("CREATE TABLE a (x); INSERT INTO a VALUES ('\(String(repeating: "x;'' ", count: 1_200_000))');"),
            query: "SELECT length(x) FROM a",
            rows: ["4800000"]
        ),
        MigrationCase(
            "faults of several files are told together, and nothing runs",
            [
                "001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "/*", "003_c.sql": "'", "004_d.sql": .directory, "5_e.sql": "",
                "006_f.sql": "SELECT 1;", "06_f.sql": "", "0006_f.sql": "SELECT 1;",
            ],
            .fails([
                "06_f.sql invalid-filename", "5_e.sql invalid-filename", "006_f.sql duplicate-number", "002_b.sql:1:1 unterminated-token",
                "003_c.sql:1:1 unterminated-token", "004_d.sql file-unreadable",
            ])
        ),
    ]
}
