import Testing

@testable import Migrations

@Suite struct MigrationPlanTests {
    /// With numbers of different widths.
    private static let names = [1, 2, 9, 10, 99, 100, 998, 999, 1000, 1001, 10_000].map { $0 < 100 ? "00\($0)_a.sql" : "\($0)_a.sql" }

    @Test func `every file finds its row, in whatever order they were applied and whoever else is missing`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 1...500 {
            let files = Self.names.filter { _ in Bool.random(using: &generator) }
            let applied = Self.names.filter { _ in Bool.random(using: &generator) }.shuffled(using: &generator)
            let plan = Self.plan(files, applied)
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
            let outOfOrder = files.filter { !applied.contains($0) && MigrationFile.number(of: $0) < newest }
            let missing = applied.filter { !files.contains($0) && MigrationFile.number(of: $0) < last }
            #expect(plan.errors.compactMap(\.filename) == outOfOrder + missing, "files by number, then rows in the order of application")
        }
    }

    @Test func `a file finds the row of its number under another name, unless that has its own file`() {
        let plan = Self.plan(["009_b.sql", "010_a.sql", "010_b.sql"], ["009_a.sql", "010_a.sql"])
        #expect(plan.entries.map(\.status) == [.renamed, .applied, .pending])
        #expect(plan.recordedNames == ["009_b.sql": "009_a.sql"])
    }

    @Test(arguments: [(["sha256:1", "sha256:x"], MigrationStatus.applied), (["sha256:x", "sha256:1"], .modified)])
    func `where the record has a name twice, the first row counts`(checksums: [String], status: MigrationStatus) {
        let rows = checksums.enumerated().map { index, checksum in
            AppliedMigration(id: index + 1, filename: "001_a.sql", checksum: checksum, appliedAt: "2026-11-21 07:58:05")
        }
        let file = MigrationPlan.File(file: Self.file("001_a.sql"), checksum: "sha256:1")
        #expect(MigrationPlan(files: [file], applied: rows, options: MigrationOptions()).entries.map(\.status) == [status])
    }

    @Test func `of two rows of a number whose files are gone, the one that was applied first may have been renamed`() {
        let plan = Self.plan(["002_c.sql"], ["002_b.sql", "002_a.sql"])
        #expect(plan.recordedNames == ["002_c.sql": "002_b.sql"])
    }

    @Test func `a file that cannot be read was not edited, and is asked about like a new one`() {
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
