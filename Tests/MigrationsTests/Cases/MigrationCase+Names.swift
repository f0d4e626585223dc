import Migrations

extension MigrationCase {
    private static func invalid(_ name: String, _ content: FileContent = "CREATE TABLE b (x);") -> MigrationCase {
        MigrationCase(name, ["001_a.sql": "CREATE TABLE a (x);", name: content], .fails(["\(name) invalid-filename"]))
    }

    private static func ignored(_ name: String, _ content: FileContent = "CREATE TABLE b (x);") -> MigrationCase {
        MigrationCase("\(name) is no migration", ["001_a.sql": "CREATE TABLE a (x);", name: content], .applies(["001_a.sql"]))
    }

    static let names: [MigrationCase] =
        [
            "000_a.sql", "99999999999999999999_a.sql", "002_b.SQL", "2-b.sql", "2_b.sql", "002 b.sql", "002_b c.sql", "v003.sql", "003.sql",
            "003_.sql", "003_a.sql.sql", "003_a.txt", "003", "003_Über.sql", "003_cafe\u{301}.sql", "٠٠١_a.sql", "００１_a.sql", "003_a.sql ",
            "a.sql", "003_a\n.sql",
        ].map { invalid($0) } + [
            ignored("README.md"), ignored("002_b.sql.bak"), ignored("002_b.sql~"), ignored("002_b.sql.orig"), ignored(".002_b.sql"),
            ignored(".002_b.sql.swp"), ignored("#002_b.sql#"), ignored("notes.txt"), ignored("archive", .directory),
            MigrationCase(
                "numbers are numbers, whatever their length",
                [
                    "9223372036854775807_d.sql": "INSERT INTO a VALUES (4);", "1000_c.sql": "INSERT INTO a VALUES (3);",
                    "002_b.sql": "INSERT INTO a VALUES (2);", "0001_a.sql": "CREATE TABLE a (x);",
                ],
                .applies(
                    ["0001_a.sql", "002_b.sql", "1000_c.sql", "9223372036854775807_d.sql"],
                    leaving: ("SELECT x FROM a", ["2", "3", "4"])
                )
            ),
            MigrationCase(
                "one number twice",
                ["001_a.sql": "CREATE TABLE a (x);", "001_b.sql": "CREATE TABLE b (x);"],
                .fails(["001_b.sql duplicate-number"])
            ),
            MigrationCase(
                "one number twice, written with other zeros",
                ["0001_a.sql": "CREATE TABLE a (x);", "001_b.sql": "CREATE TABLE b (x);"],
                .fails(["001_b.sql duplicate-number"])
            ),
            MigrationCase(
                "the largest number twice",
                ["9223372036854775807_a.sql": "SELECT 1;", "9223372036854775807_b.sql": "SELECT 1;"],
                .fails(["9223372036854775807_b.sql duplicate-number"])
            ),
            MigrationCase("one number too short", ["01_a.sql": "", "001_b.sql": "SELECT 1;"], .fails(["01_a.sql invalid-filename"])),
            MigrationCase(
                "a symbolic link to a file",
                ["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": .symbolicLink(to: "001_a.sql.txt"), "001_a.sql.txt~": ""],
                .fails(["002_b.sql file-unreadable"])
            ),
            MigrationCase(
                "a symbolic link to nothing",
                ["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": .symbolicLink(to: "nothing")],
                .fails(["002_b.sql file-unreadable"])
            ),
            MigrationCase(
                "a symbolic link to another file",
                ["001_a.sql": .symbolicLink(to: "create.txt"), "create.txt": "CREATE TABLE a (x);"],
                .applies(["001_a.sql"])
            ),
            MigrationCase(
                "a directory",
                ["001_a.sql": "CREATE TABLE a (x);", "004_x.sql": .directory],
                .fails(["004_x.sql file-unreadable"])
            ),
            MigrationCase(
                "a pipe without a writer",
                ["001_a.sql": "SELECT 1;", "002_b.sql": .pipe],
                .fails(["002_b.sql file-unreadable"])
            ),
            MigrationCase("no files", [:], .applies([])),
        ]
}
