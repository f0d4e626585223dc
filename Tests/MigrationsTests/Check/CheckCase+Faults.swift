extension CheckCase {
    static let faults: [CheckCase] = [
        CheckCase("nothing at all", [:], []),
        CheckCase("a name", ["001_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1;"], ["error 2_b.sql invalid-filename"]),
        CheckCase(
            "a number given twice",
            ["001_a.sql": "CREATE TABLE a (x);", "001_b.sql": "CREATE TABLE b (x);", "002_c.sql": "SELECT x FROM b;"],
            ["error 001_b.sql duplicate-number"],
            notes: ["001_a.sql and 1 later file were not replayed, because 001_b.sql does not run"]
        ),
        CheckCase("bytes that are no text", ["001_a.sql": .bytes([0x2D, 0x2D, 0xFF])], ["error 001_a.sql:1:3 invalid-encoding"]),
        CheckCase("a comment without an end", ["001_a.sql": "SELECT 1;\n/* x"], ["error 001_a.sql:2:1 unterminated-token"]),
        CheckCase("a directive that there is not", ["001_a.sql": "-- parley:skip\nSELECT 1;"], ["error 001_a.sql:1:1 unknown-directive"]),
        CheckCase("a file that cannot be read", ["001_a.sql": .directory], ["error 001_a.sql file-unreadable"]),
        CheckCase("a forbidden statement", ["001_a.sql": "CREATE TABLE a (x);\n  COMMIT;"], ["error 001_a.sql:2:3 forbidden-statement"]),
        CheckCase("a change of the record", ["001_a.sql": "DELETE FROM migrations;"], ["error 001_a.sql:1:1 forbidden-statement"]),
        CheckCase("what does not parse", ["001_a.sql": "CREATE TABEL a (x);"], ["error 001_a.sql:1:8 statement-failed"]),
        CheckCase(
            "a column that there is not",
            ["001_a.sql": "CREATE TABLE a (x);\nSELECT y FROM a;"],
            ["error 001_a.sql:2:8 statement-failed"]
        ),
        CheckCase(
            "what a later file makes is not there yet",
            ["001_a.sql": "SELECT x FROM a;", "002_b.sql": "CREATE TABLE a (x);"],
            ["error 001_a.sql:1:1 statement-failed"],
            notes: ["002_b.sql was not replayed, because 001_a.sql does not run"]
        ),
        CheckCase(
            "rows without a parent",
            ["001_a.sql": "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p); INSERT INTO c VALUES (1);"],
            ["error 001_a.sql foreign-key-violation"]
        ),
        CheckCase(
            "behind a file that fails, faults are told and nothing is replayed",
            ["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "SELECT nothing;", "003_c.sql": "DROP TABLE a;", "004_d.sql": "SELECT 'x;"],
            ["error 002_b.sql:1:8 statement-failed", "error 004_d.sql:1:8 unterminated-token"],
            notes: ["003_c.sql was not replayed, because 002_b.sql does not run"]
        ),
        CheckCase(
            "two statements outside a transaction",
            ["001_a.sql": "-- parley:no-transaction\nVACUUM;\nVACUUM;"],
            ["error 001_a.sql:3:1 forbidden-statement"]
        ),
        CheckCase("VACUUM inside a transaction", ["001_a.sql": "VACUUM;"], ["error 001_a.sql:1:1 forbidden-statement"]),
        CheckCase("a file of comments", ["001_a.sql": "-- later\n"], ["error 001_a.sql:1:1 no-statement"]),
    ]

    private static let tables = "CREATE TABLE a (x); CREATE TABLE b (x);"

    static let allowances: [CheckCase] = [
        CheckCase("above the statement", tables, "-- parley:allow drop-table unused since 2.0\nDROP TABLE a;", "2:1 drop-table (accepted)"),
        CheckCase("among other comments", tables, "-- x\n\n-- parley:allow drop-table y\n-- z\nDROP TABLE a;", "5:1 drop-table (accepted)"),
        CheckCase("inside the statement", tables, "DROP TABLE\n-- parley:allow drop-table y\na;", "1:1 drop-table (accepted)"),
        CheckCase(
            "behind the statement, on its line",
            tables,
            "DROP TABLE a; -- parley:allow drop-table y\nSELECT 1;",
            "1:1 drop-table (accepted)"
        ),
        CheckCase(
            "behind one statement is not above the next",
            tables,
            "SELECT 1; -- parley:allow drop-table y\nDROP TABLE a;",
            "1:11 unused-allow",
            "2:1 drop-table"
        ),
        CheckCase(
            "one statement, not the next",
            tables,
            "-- parley:allow drop-table y\nDROP TABLE a;\nDROP TABLE b;",
            "2:1 drop-table (accepted)",
            "3:1 drop-table"
        ),
        CheckCase(
            "another code",
            tables,
            "-- parley:allow drop-column y\nDROP TABLE a;",
            "1:1 unused-allow",
            "2:1 drop-table"
        ),
        CheckCase("nothing below it", tables, "SELECT 1;\n-- parley:allow drop-table y\n", "2:1 unused-allow"),
        CheckCase("what is not there", tables, "-- parley:allow delete-all-rows y\nDELETE FROM a WHERE x = 1;", "1:1 unused-allow"),
        CheckCase(
            "two codes for one statement",
            "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a;",
            "-- parley:allow drop-table y\n-- parley:allow lost-view z\nDROP TABLE a;",
            "3:1 drop-table (accepted)",
            "3:1 lost-view (accepted)"
        ),
        CheckCase(
            "one code for two findings of a statement",
            "CREATE TABLE a (x); CREATE INDEX i ON a (x); CREATE INDEX j ON a (x DESC);",
            "CREATE TABLE b AS SELECT * FROM a;\n-- parley:allow lost-index y\nDROP TABLE a;\nALTER TABLE b RENAME TO a;",
            "3:1 lost-index (accepted)",
            "3:1 lost-index (accepted)"
        ),
        CheckCase(
            "what fails on rows",
            tables,
            "-- parley:allow fails-on-filled-table a is empty everywhere\nALTER TABLE a ADD COLUMN y NOT NULL;",
            "2:1 fails-on-filled-table (accepted)"
        ),
        CheckCase("a directive in a string is none", tables, "SELECT '\n-- parley:allow drop-table y\n';"),
    ]
}
