import Migrations

extension MigrationCase {
    static let transactions: [MigrationCase] = [
        MigrationCase("COMMIT in the middle", sql: "CREATE TABLE a (x);\nCOMMIT;\nCREATE TABLE b (x);", at: "2:1", .forbiddenStatement),
        MigrationCase("ROLLBACK, then BEGIN", sql: "CREATE TABLE a (x);\nROLLBACK; BEGIN;", at: "2:1", .forbiddenStatement),
        MigrationCase("END behind a comment", sql: "CREATE TABLE a (x);\n/* x */ END;", at: "2:9", .forbiddenStatement),
        MigrationCase("BEGIN", sql: "BEGIN;\nCREATE TABLE a (x);\nCOMMIT;", at: "1:1", .forbiddenStatement),
        MigrationCase("COMMIT under EXPLAIN", sql: "CREATE TABLE a (x);\n  EXPLAIN COMMIT;", at: "2:3", .forbiddenStatement),
        MigrationCase(
            "savepoints are fine",
            sql: "CREATE TABLE a (x); SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s; INSERT INTO a VALUES (2);",
            query: "SELECT x FROM a",
            rows: ["2"]
        ),
        MigrationCase(
            "a savepoint that stays open",
            sql: "CREATE TABLE a (x); SAVEPOINT s; INSERT INTO a VALUES (1);",
            query: "SELECT x FROM a",
            rows: ["1"]
        ),
        MigrationCase(
            "release of a savepoint that is not the script's",
            sql: "CREATE TABLE a (x);\nRELEASE write;",
            at: "2:1",
            .statementFailed
        ),
        MigrationCase(
            "INSERT OR ROLLBACK that hits",
            sql: "CREATE TABLE a (x UNIQUE);\nINSERT INTO a VALUES (1);\nINSERT OR ROLLBACK INTO a VALUES (1);\nCREATE TABLE b (x);",
            at: "3:1",
            .statementFailed
        ),
        MigrationCase(
            "RAISE(ROLLBACK) in a trigger",
            sql: """
                CREATE TABLE a (x);
                CREATE TRIGGER t BEFORE INSERT ON a BEGIN SELECT RAISE(ROLLBACK, 'no'); END;
                INSERT INTO a VALUES (1);
                """,
            at: "3:1",
            .statementFailed
        ),
        MigrationCase(
            "INSERT OR FAIL keeps nothing of the statement's rows",
            sql: "CREATE TABLE a (x UNIQUE);\nINSERT OR FAIL INTO a VALUES (1), (1);",
            at: "2:1",
            .statementFailed
        ),
        MigrationCase(
            "the second of three fails",
            [
                "001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "INSERT INTO a VALUES (1);\nINSERT INTO nothing VALUES (1);",
                "003_c.sql": "CREATE TABLE c (x);",
            ],
            .fails(["002_b.sql:2:13 statement-failed"], applied: ["001_a.sql"])
        ),
        MigrationCase(
            "a table made by another program is in the way",
            setUp: ["CREATE TABLE a (x)", "INSERT INTO a VALUES (7)"],
            sql: "CREATE TABLE b (x);\nCREATE TABLE a (x);",
            at: "2:14",
            .statementFailed
        ),
        MigrationCase(
            "a constraint that old rows break",
            setUp: ["CREATE TABLE a (x)", "INSERT INTO a VALUES (7), (7)"],
            sql: "CREATE UNIQUE INDEX a_x ON a (x);",
            at: "1:1",
            .statementFailed
        ),
        MigrationCase(
            "temporary tables do not outlive their file",
            [
                "001_a.sql": "CREATE TEMP TABLE a (x); CREATE TEMP VIEW v AS SELECT 1;",
                "002_b.sql": "CREATE TABLE b (x);\nINSERT INTO a VALUES (1);",
            ],
            .fails(["002_b.sql:2:1 statement-failed"], applied: ["001_a.sql"])
        ),
        MigrationCase(
            "a statement that cannot be in a transaction",
            setUp: ["CREATE TABLE a (x)", "INSERT INTO a VALUES (7)"],
            sql: "-- parley:no-transaction\r\nVACUUM;\n-- done",
            query: "SELECT filename || x FROM migrations, a",
            rows: ["001_a.sql7"]
        ),
        MigrationCase("VACUUM without the directive", sql: "\nVACUUM;", at: "2:1", .forbiddenStatement),
        MigrationCase(
            "two statements outside of a transaction",
            sql: "-- parley:no-transaction\nVACUUM;\nANALYZE;",
            at: "3:1",
            .forbiddenStatement
        ),
        MigrationCase(
            "a statement outside of a transaction that must not be done twice",
            sql: "\u{FEFF}-- parley:no-transaction\nCREATE TABLE a (x);",
            at: "2:1",
            .forbiddenStatement
        ),
        MigrationCase("a copy made by a migration", sql: "-- parley:no-transaction\nVACUUM INTO 'a.db';", at: "2:1", .forbiddenStatement),
        MigrationCase(
            "a copy made by a migration, written without a space",
            sql: "-- parley:no-transaction\nVACUUM main/**/INTO'a.db';",
            at: "2:1",
            .forbiddenStatement
        ),
        MigrationCase(
            "the directive below the first line",
            sql: "-- rebuild\n-- parley:no-transaction\nVACUUM;",
            at: "2:1",
            .unknownDirective
        ),
    ]
}
