import Migrations

extension MigrationCase {
    private static let a: FileContent = "CREATE TABLE a (x);"
    private static let b: FileContent = "INSERT INTO a VALUES (2);"
    private static let c: FileContent = "INSERT INTO a VALUES (3);"

    static let histories: [MigrationCase] = [
        MigrationCase("nothing new", after: ["001_a.sql": a, "002_b.sql": b], ["001_a.sql": a, "002_b.sql": b], .applies([])),
        MigrationCase("one more", after: ["001_a.sql": a], ["001_a.sql": a, "002_b.sql": b], .applies(["002_b.sql"])),
        MigrationCase(
            "an applied file was edited",
            after: ["001_a.sql": a],
            ["001_a.sql": "CREATE TABLE a (x, y);", "002_b.sql": b],
            .fails(["001_a.sql checksum-mismatch"])
        ),
        MigrationCase(
            "only the line ends and the byte order mark changed",
            after: ["001_a.sql": "CREATE TABLE a\n(x);\n"],
            ["001_a.sql": "\u{FEFF}CREATE TABLE a\r\n(x);\r\n", "002_b.sql": b],
            .applies(["002_b.sql"])
        ),
        MigrationCase(
            "one space was added",
            after: ["001_a.sql": a],
            ["001_a.sql": "CREATE TABLE a (x); ", "002_b.sql": b],
            .fails(["001_a.sql checksum-mismatch"])
        ),
        MigrationCase(
            "an applied file is gone",
            after: ["001_a.sql": a, "002_b.sql": b],
            ["002_b.sql": b, "003_c.sql": c],
            .fails(["001_a.sql missing-file"])
        ),
        MigrationCase(
            "an applied file has another name",
            after: ["001_a.sql": a, "002_b.sql": b],
            ["001_z.sql": a, "002_b.sql": b],
            .fails(["001_z.sql renamed-file"])
        ),
        MigrationCase(
            "an applied file has another name and other content",
            after: ["001_a.sql": a, "002_b.sql": b],
            ["001_z.sql": "CREATE TABLE z (x);", "002_b.sql": b],
            .fails(["001_z.sql out-of-order", "001_a.sql missing-file"])
        ),
        MigrationCase(
            "the newest applied file is gone",
            after: ["001_a.sql": a, "002_b.sql": b],
            ["001_a.sql": a],
            .fails(["schema-ahead"])
        ),
        MigrationCase(
            "the newest applied file is gone, and that is allowed",
            after: ["001_a.sql": a, "002_b.sql": b],
            ["001_a.sql": a],
            options: MigrationOptions(allowsNewerSchema: true),
            .applies([])
        ),
        MigrationCase("every file is gone", after: ["001_a.sql": a, "002_b.sql": b], [:], .fails(["schema-ahead"])),
        MigrationCase(
            "002 comes after 003",
            after: ["001_a.sql": a, "003_c.sql": c],
            ["001_a.sql": a, "002_b.sql": b, "003_c.sql": c, "004_d.sql": "SELECT 1;"],
            .fails(["002_b.sql out-of-order"])
        ),
        MigrationCase(
            "002 comes after 003, and that is allowed",
            after: ["001_a.sql": a, "003_c.sql": c],
            ["001_a.sql": a, "002_b.sql": b, "003_c.sql": c, "004_d.sql": "SELECT 1;"],
            options: MigrationOptions(allowsOutOfOrder: true),
            .applies(["002_b.sql", "004_d.sql"], leaving: ("SELECT x FROM a ORDER BY rowid", ["3", "2"]))
        ),
        MigrationCase(
            "two numbers are left out",
            after: ["001_a.sql": a],
            ["001_a.sql": a, "004_d.sql": b],
            .applies(["004_d.sql"])
        ),
        MigrationCase(
            "several disagreements, told together with the faults of the files",
            after: ["001_a.sql": a, "002_b.sql": b, "005_e.sql": c],
            ["001_a.sql": "CREATE TABLE a (x, y);", "003_c.sql": "/*", "005_e.sql": .pipe, "x.sql": ""],
            .fails([
                "x.sql invalid-filename", "003_c.sql:1:1 unterminated-token", "005_e.sql file-unreadable", "001_a.sql checksum-mismatch",
                "003_c.sql out-of-order", "002_b.sql missing-file",
            ])
        ),
    ]
}
