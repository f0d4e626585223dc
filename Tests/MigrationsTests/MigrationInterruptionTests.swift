import Database
import DatabaseTesting
import Migrations
import Testing

/// Runs that are given a limit, or are cancelled.
@Suite struct MigrationInterruptionTests {
    static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;"
    let fixture: MigrationFixture

    init() throws {
        fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);"])
        try fixture.add(["002_b.sql": .text("CREATE TABLE b (x);\n\(Self.endless)")])
    }

    @Test func `a run ends at its time limit: the file is rolled back, those before it stay`() async throws {
        let database = try await fixture.open()
        let service = fixture.service(database, MigrationOptions(timeout: .milliseconds(300)))
        let failure = try await migrationFailure { try await service.runMigrations() }
        #expect(failure.errors.map(\.code) == [.timedOut])
        #expect(failure.errors[0].recovery == "give the run more time (--migration-timeout), or split the file")
        // Usually that is the first file; on a slow machine the time is over before it.
        try await expectOnly(failure.applied, in: database)
        #expect(["001_a.sql"].starts(with: failure.applied))
    }

    @Test func `a cancelled run ends inside its statement, and the next run continues`() async throws {
        let database = try await fixture.open()
        let isEndless = Gate()
        let service = fixture.service(database) { event in
            if case .statement(let file, number: 2) = event, file.order == 2 { isEndless.open() }
        }
        let task = Task { try await service.runMigrations() }
        await isEndless.opened()
        task.cancel()
        let failure = try await migrationFailure { _ = try await task.value }
        #expect(failure.errors.map(\.place) == ["002_b.sql:2:1 cancelled"] && failure.applied == ["001_a.sql"])
        try await expectOnly(["001_a.sql"], in: database)
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        #expect(try await fixture.service(database).runMigrations().applied.map(\.filename) == ["002_b.sql"])
    }

    @Test func `a run that is cancelled while it waits for a lock stops waiting`() async throws {
        let (first, second) = (try await fixture.open(), try await fixture.open())
        let isWaiting = Gate()
        let service = fixture.service(second) { event in if case .waitingForLock = event { isWaiting.open() } }
        try await first.holdingWriteLock {
            let task = Task { try await service.runMigrations() }
            await isWaiting.opened()
            task.cancel()
            let failure = try await migrationFailure { _ = try await task.value }
            #expect(failure.errors.map(\.code) == [.cancelled])
        }
    }

    @Test func `a run whose time is over while it waits for a lock says so`() async throws {
        let (first, second) = (try await fixture.open(), try await fixture.open())
        let service = fixture.service(second, MigrationOptions(timeout: .milliseconds(30)))
        try await first.holdingWriteLock {
            let failure = try await migrationFailure { try await service.runMigrations() }
            #expect(failure.errors.map(\.code) == [.timedOut])
        }
    }

    @Test func `a run that is cancelled before it begins changes nothing`() async throws {
        let database = try await fixture.open()
        let service = fixture.service(database)
        let (isCancelled, started) = (Gate(), Gate())
        let task = Task {
            started.open()
            await isCancelled.opened()
            return try await service.runMigrations()
        }
        await started.opened()
        task.cancel()
        isCancelled.open()
        let failure = try await migrationFailure { _ = try await task.value }
        #expect(failure.errors.map(\.code) == [.cancelled] && failure.applied.isEmpty)
        #expect(try await database.snapshot().isEmpty)
    }

    private func expectOnly(_ applied: [String], in database: SQLiteDatabase) async throws {
        let recorded = try await MigrationTracking(database: database, logger: .silent).appliedMigrations().map(\.filename)
        let tables = try await database.query("SELECT name FROM sqlite_schema WHERE name IN ('a', 'b')") { $0.text(0) }
        #expect(recorded == applied && tables == applied.map { _ in "a" })
    }
}
