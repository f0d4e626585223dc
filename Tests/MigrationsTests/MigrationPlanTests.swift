import Testing

@testable import Migrations

@Suite struct MigrationPlanTests {
    /// Numbers of different widths, and two names for each.
    private static let names = [1, 2, 9, 10, 99, 100, 998, 999, 1000, 1001, 10_000].flatMap { number in
        ["a", "b"].map { "\(number < 100 ? "00\(number)" : "\(number)")_\($0).sql" }
    }

    @Test func `every file finds its row, in whatever order both are and whoever else is missing`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 1...500 {
            // One of the two names of each number, so that no file may be taken for a renamed one.
            let files = Self.names.filter { $0.contains("a.") && Bool.random(using: &generator) }
            let applied = Self.names.filter { $0.contains("a.") && Bool.random(using: &generator) }
            let plan = Self.plan(files, applied.shuffled(using: &generator))
            let newest = applied.map(MigrationFile.number).max() ?? 0
            let last = files.map(MigrationFile.number).max() ?? 0
            for name in Set(files + applied) {
                let number = MigrationFile.number(of: name)
                let expected: MigrationStatus =
                    switch (files.contains(name), applied.contains(name)) {
                    case (true, true): .applied
                    case (true, false): number < newest ? .outOfOrder : .pending
                    default: number > last ? .applied : .missing
                    }
                #expect(plan.entries.first { $0.filename == name }?.status == expected, "\(name): \(files) and \(applied)")
            }
            #expect(plan.entries.map(\.number) == plan.entries.map(\.number).sorted() && plan.entries.count == Set(files + applied).count)
        }
    }

    @Test func `a file finds the row of its number under another name, unless that has its own file`() {
        let plan = Self.plan(["009_b.sql", "010_a.sql", "010_b.sql"], ["009_a.sql", "010_a.sql"])
        #expect(plan.entries.map(\.status) == [.renamed, .applied, .pending])
        #expect(plan.recordedNames == ["009_b.sql": "009_a.sql"])
    }

    @Test func `a file that cannot be read is neither edited nor renamed, and examined like a new one`() {
        var asked: [String] = []
        let files = ["001_a.sql", "002_b.sql", "003_c.sql"].map { name in
            MigrationPlan.File(file: Self.file(name), checksum: name == "001_a.sql" ? "sha256:1" : nil)
        }
        let plan = MigrationPlan(files: files, applied: Self.rows(["001_a.sql", "002_b.sql", "003_x.sql"]), options: MigrationOptions()) {
            asked.append($0.filename)
            return []
        }
        #expect(plan.entries.map(\.status) == [.applied, .applied, .pending, .missing])
        #expect(plan.entries[1].checksum == "sha256:2" && asked == ["002_b.sql", "003_c.sql"])
    }

    private static func plan(_ files: [String], _ applied: [String]) -> MigrationPlan {
        let files = files.map { MigrationPlan.File(file: file($0), checksum: "sha256:\(MigrationFile.number(of: $0))") }
        return MigrationPlan(files: files, applied: rows(applied), options: MigrationOptions())
    }

    private static func file(_ name: String) -> MigrationFile {
        MigrationFile(filename: name, order: MigrationFile.number(of: name), directory: "migrations")
    }

    private static func rows(_ names: [String]) -> [AppliedMigration] {
        names.enumerated().map { index, name in
            let checksum = "sha256:\(MigrationFile.number(of: name))"
            return AppliedMigration(id: index + 1, filename: name, checksum: checksum, appliedAt: "2026-11-21 07:58:05")
        }
    }
}
