import Database
import DatabaseTesting
import Migrations
import Synchronization
import Testing

/// Several processes on one file, each with connections of its own, and runs that end early.
@Suite struct MigrationConcurrencyTests {
    let fixture: MigrationFixture

    init() throws {
        fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x INTEGER);", "003_c.sql": "UPDATE a SET x = x * 2;"])
        try fixture.add(["002_b.sql": "INSERT INTO a VALUES (1), (2), (3);"])
    }

    @Test(arguments: [nil, "DELETE", "TRUNCATE", "WAL"])
    func `five at once on a file all succeed, and each file is applied once`(_ journal: String?) async throws {
        if let journal { try await prepare(journal) }
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 1...5 { group.addTask { try await fixture.migrate() } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == ["001_a.sql", "002_b.sql", "003_c.sql"])
        let database = try await fixture.open()
        #expect(try await database.query("SELECT x FROM a ORDER BY x") { $0.integer(0) } == [2, 4, 6])
        #expect(try await database.query("SELECT filename FROM migrations ORDER BY id") { $0.text(0) }.count == 3)
    }

    private func prepare(_ journal: String) async throws {
        let database = try await fixture.open()
        try await database.withSchemaSession(SchemaSessionOptions()) { session in
            _ = try session.execute("PRAGMA journal_mode = \(journal)")
        }
        try await database.close()
    }

    @Test func `a run waits for another one's file, says so once, and passes over what that has applied`() async throws {
        let (first, second) = (try await fixture.open(), try await fixture.open())
        let (isInFile, isWaiting) = (Gate(), Gate())
        let waits = Mutex(0)
        let one = fixture.service(first) { event in
            guard case .statement(let file, _) = event, file.order == 1 else { return }
            isInFile.open()
            isWaiting.waitUntilOpen()
        }
        let two = fixture.service(second) { event in
            guard case .waitingForLock = event else { return }
            waits.withLock { $0 += 1 }
            isWaiting.open()
        }
        async let applied = one.runMigrations()
        await isInFile.opened()
        let others = try await two.runMigrations()
        #expect(try await applied.applied.count + others.applied.count == 3)
        #expect(waits.withLock(\.self) == 1)
    }

    @Test func `whoever waits longer than the lock timeout is told so, and has changed nothing`() async throws {
        let (first, second) = (try await fixture.open(), try await fixture.open())
        let service = fixture.service(second, MigrationOptions(lockTimeout: .milliseconds(30)))
        try await first.holdingWriteLock {
            let failure = try await migrationFailure { try await service.runMigrations() }
            #expect(failure.errors.map(\.place) == ["database-busy"])
            #expect(failure.errors[0].recovery == "wait for it, or stop it, and run again")
        }
        #expect(try await service.runMigrations().applied.count == 3)
    }

    @Test func `a reader with an old snapshot does not hold a run up`() async throws {
        try await fixture.migrate()
        let (first, second) = (try await fixture.open(), try await fixture.open())
        try fixture.add(["004_d.sql": "INSERT INTO a VALUES (9);"])
        let (isReading, isDone) = (Gate(), Gate())
        let reading = Task.detached {
            try await first.read { session in
                let before = try session.first("SELECT count(*) FROM a") { $0.integer(0) }
                isReading.open()
                isDone.waitUntilOpen()
                return [before, try session.first("SELECT count(*) FROM a") { $0.integer(0) }]
            }
        }
        await isReading.opened()
        defer { isDone.open() }
        #expect(try await fixture.service(second).runMigrations().applied.count == 1)
        isDone.open()
        #expect(try await reading.value == [3, 3])
        // Another process's commit is seen within some milliseconds.
        while try await first.query("SELECT count(*) FROM a", [], { $0.integer(0) }) != [4] { await Task.yield() }
    }
}
