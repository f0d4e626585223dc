import Database
import DatabaseTesting
import FoundationEssentials
import Migrations
import Synchronization
import Testing

/// What a process that is killed leaves on the disk: the database file and its log, as they are at that moment.
@Suite struct MigrationKillTests {
    let fixture: MigrationFixture

    init() throws {
        fixture = try MigrationFixture([
            "001_a.sql": "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1), (2);", "002_b.sql": "UPDATE a SET x = x * 10;",
            "003_c.sql": "CREATE TABLE b AS SELECT x FROM a; DROP TABLE a; ALTER TABLE b RENAME TO a; UPDATE a SET x = x + 1;",
        ])
    }

    @Test func `after a kill at any statement or commit, the next run continues`() async throws {
        let database = try await fixture.open()
        let kills = Mutex(0)
        try await fixture.service(database) { event in
            switch event {
            case .statement, .applied, .started:
                kills.withLock {
                    $0 += 1; copyDatabase(to: "killed-\($0).db")
                }
            default: return
            }
        }.runMigrations()
        let count = kills.withLock(\.self)
        #expect(count == 3 + 7 + 3)
        let expected = try await database.snapshot()
        for number in 1...count { #expect(try await resume("killed-\(number).db") == expected, "\(number)") }
    }

    private func copyDatabase(to name: String) {
        for ending in ["", "-wal"] {
            try? FileManager.default.copyItem(atPath: fixture.databasePath + ending, toPath: fixture.root.file(name + ending))
        }
    }

    private func resume(_ name: String) async throws -> [String] {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(fixture.root.file(name)), readers: 1))
        try await fixture.service(database).runMigrations()
        let snapshot = try await database.snapshot()
        try await database.close()
        return snapshot
    }
}
