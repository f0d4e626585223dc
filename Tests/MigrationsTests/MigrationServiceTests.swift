import Database
import DatabaseTesting
import Migrations
import Synchronization
import Testing

/// Running migrations, criterion by criterion.
@Suite struct MigrationServiceTests {
    @Test func `pending files run in numeric order, once`() async throws {
        let fixture = try MigrationFixture([
            "001_create_note.sql": "CREATE TABLE note (text TEXT NOT NULL);", "010_ten.sql": "INSERT INTO note VALUES ('ten');",
            "009_nine.sql": "INSERT INTO note VALUES ('nine');",
        ])
        let database = try await fixture.open()
        let first = try await fixture.service(database).runMigrations()
        let second = try await fixture.service(database).runMigrations()
        #expect(first.applied.map(\.filename) == ["001_create_note.sql", "009_nine.sql", "010_ten.sql"])
        #expect(first.applied.map(\.statements) == [1, 1, 1] && first.alreadyApplied == 0)
        #expect(second.applied.isEmpty && second.alreadyApplied == 3)
        #expect(try await database.query("SELECT text FROM note ORDER BY rowid") { $0.text(0) } == ["nine", "ten"])
    }

    @Test func `each file is recorded with its checksum and its time`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);"])
        try await fixture.migrate()
        let database = try await fixture.open()
        let rows = try await MigrationTracking(database: database).appliedMigrations()
        #expect(rows.map(\.filename) == ["001_a.sql"] && rows[0].checksum?.hasPrefix("sha256:") == true)
        #expect(rows[0].appliedAt.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil)
    }

    @Test func `an empty file that was applied stays applied`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "", "002_b.sql": "CREATE TABLE b (x);"])
        let database = try await fixture.open()
        let tracking = MigrationTracking(database: database, logger: .silent)
        try await tracking.ensureMigrationsTable()
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        try await tracking.recordMigration(filename: "001_a.sql", checksum: empty)
        #expect(try await fixture.service(database).runMigrations().applied.map(\.filename) == ["002_b.sql"])
    }

    @Test func `a run continues where the last one failed`() async throws {
        let fixture = try MigrationFixture([
            "001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "BAD", "003_c.sql": "INSERT INTO a VALUES (3);",
        ])
        let failure = try await migrationFailure { try await fixture.migrate() }
        #expect(failure.applied == ["001_a.sql"])
        try fixture.add(["002_b.sql": "INSERT INTO a VALUES (2);"])
        #expect(try await fixture.migrate() == ["002_b.sql", "003_c.sql"])
    }

    @Test func `planning writes nothing, not even the table of the record`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "004_b.sql": "CREATE TABLE b (x);"])
        let database = try await fixture.open()
        let plan = try await fixture.service(database).plan()
        #expect(plan.pending.map(\.filename) == ["001_a.sql", "004_b.sql"] && plan.errors.isEmpty && plan.gaps == [2...3])
        #expect(plan.entries.map(\.status) == [.pending, .pending])
        #expect(plan.currentVersion == nil && plan.targetVersion == "004")
        #expect(try await database.snapshot().isEmpty)
    }

    @Test func `more than a hundred files are applied in order`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x INTEGER);"])
        let names = (2...150).map { number in (number, "\(number + 1000)_b.sql") }
        for (number, name) in names { try fixture.add([name: .text("INSERT INTO a VALUES (\(number));")]) }
        let database = try await fixture.open()
        #expect(try await fixture.service(database).runMigrations().applied.count == 150)
        #expect(try await database.query("SELECT x FROM a ORDER BY rowid") { $0.integer(0) } == Array(2...150))
    }

    @Test func `with nothing pending, the database is only read`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);"])
        try await fixture.migrate()
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "CREATE TABLE", with: DatabaseError(.busy, "a run that changes something begins like this"))
        #expect(try await fixture.service(database).runMigrations().alreadyApplied == 1)
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        _ = try await migrationFailure { try await fixture.service(database).runMigrations() }
    }

    @Test func `a file that is edited between plan and run is not run`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "CREATE TABLE b (x);"])
        let database = try await fixture.open()
        let service = fixture.service(database) { event in
            if case .applied = event { try? fixture.add(["002_b.sql": "CREATE TABLE c (x);"]) }
        }
        let failure = try await migrationFailure { try await service.runMigrations() }
        #expect(failure.errors.map(\.place) == ["002_b.sql checksum-mismatch"] && failure.applied == ["001_a.sql"])
    }

    @Test func `events tell a run from its plan to its end`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x); SELECT 1;", "002_b.sql": "BAD"])
        let events = Mutex<[String]>([])
        let database = try await fixture.open()
        let service = fixture.service(database) { event in events.withLock { $0.append(event.name) } }
        _ = try await migrationFailure { try await service.runMigrations() }
        #expect(
            events.withLock(\.self) == [
                "planned 2", "started 001_a.sql 1/2", "statement 1", "statement 2", "applied 001_a.sql", "started 002_b.sql 2/2", "failed",
            ]
        )
    }
}

extension MigrationEvent {
    fileprivate var name: String {
        switch self {
        case .planned(let plan): "planned \(plan.pending.count)"
        case .waitingForLock: "waiting"
        case .backingUp: "backing up"
        case .backedUp: "backed up"
        case .orphansFound: "orphans"
        case .started(let file, let index, let count): "started \(file.filename) \(index)/\(count)"
        case .statement(_, let number): "statement \(number)"
        case .applied(let file): "applied \(file.filename)"
        case .appliedElsewhere(let file): "elsewhere \(file.filename)"
        case .finished: "finished"
        case .failed: "failed"
        }
    }
}
