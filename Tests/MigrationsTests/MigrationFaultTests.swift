import Database
import DatabaseTesting
import Migrations
import Testing

/// Failures of the machine: full disks, broken files, lost locks.
@Suite struct MigrationFaultTests {
    let fixture: MigrationFixture

    init() throws {
        fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "INSERT INTO a VALUES (1);"])
    }

    @Test func `a full disk at the commit leaves nothing of the file, and the next run continues`() async throws {
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "COMMIT", with: DatabaseError(.storageFull, engineCode: 13, "database or disk is full"))
        let failure = try await migrationFailure { try await fixture.service(database).runMigrations() }
        #expect(failure.errors.map(\.code) == [.storageFull] && failure.applied.isEmpty)
        #expect(failure.errors[0].recovery == "free some space and run again: the run continues where it stopped")
        #expect(try await database.snapshot().isEmpty)
        database.fail(statementsContaining: "COMMIT", with: nil)
        #expect(try await fixture.service(database).runMigrations().applied.count == 2)
    }

    @Test func `a database that may not grow is rolled back by SQLite, and the run says so`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await database.withSchemaSession(SchemaSessionOptions()) { session in _ = try session.execute("PRAGMA max_page_count = 20") }
        try fixture.add(["003_c.sql": "CREATE TABLE c (x);\nINSERT INTO c VALUES (zeroblob(200000));"])
        let failure = try await migrationFailure { try await fixture.service(database).runMigrations() }
        #expect(failure.errors.map(\.place) == ["003_c.sql:2:1 storage-full"] && failure.applied == ["001_a.sql", "002_b.sql"])
        #expect(try await database.query("SELECT name FROM sqlite_schema WHERE name = 'c'") { $0.text(0) }.isEmpty)
    }

    @Test(arguments: [
        ("INSERT INTO main.migrations", ["001_a.sql database-failed"], 0),
        ("CREATE TABLE IF NOT EXISTS main.migrations", ["database-failed"], 0),
        ("CHECKPOINT", ["database-failed"], 2),
    ])
    func `a disk that fails is told, with what stays`(_ statement: String, _ places: [String], _ applied: Int) async throws {
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: statement, with: DatabaseError(.ioFailure, engineCode: 10, "disk I/O error"))
        let failure = try await migrationFailure { try await fixture.service(database).runMigrations() }
        #expect(failure.errors.map(\.place) == places && failure.applied.count == applied)
        #expect(failure.errors[0].cause?.engineCode == 10)
        database.fail(statementsContaining: statement, with: nil)
        #expect(try await fixture.service(database).runMigrations().applied.count == 2 - applied)
    }

    @Test func `a record that cannot be read stops the run before it begins`() async throws {
        try await fixture.migrate()
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "FROM main.migrations", with: DatabaseError(.corrupt, engineCode: 11, "malformed"))
        let failure = try await migrationFailure { try await fixture.service(database).runMigrations() }
        #expect(failure.errors.map(\.place) == ["database-failed"])
    }

    @Test func `a closed database is an error, not a crash`() async throws {
        let database = try await fixture.open()
        try await database.close()
        let failure = try await migrationFailure { try await fixture.service(database).runMigrations() }
        #expect(failure.errors.map(\.cause?.code) == [.closed])
    }

    @Test func `a checksum that is filled in stays, and an edit is noticed from then on`() async throws {
        let database = try await fixture.open()
        let tracking = MigrationTracking(database: database, logger: .silent)
        try await tracking.ensureMigrationsTable()
        try await tracking.recordMigration(filename: "001_a.sql")
        try await database.execute("CREATE TABLE a (x)")
        #expect(try await fixture.service(database).runMigrations().applied.map(\.filename) == ["002_b.sql"])
        #expect(try await tracking.appliedMigrations().allSatisfy { $0.checksum?.hasPrefix("sha256:") == true })
        try fixture.add(["001_a.sql": "CREATE TABLE a (x, y);"])
        let failure = try await migrationFailure { try await fixture.service(database).runMigrations() }
        #expect(failure.errors.map(\.place) == ["001_a.sql checksum-mismatch"])
    }

    // As root, every directory can be written; /proc is one in which not even root can make a file.
    @Test func `a directory in which no file can be made is told when the database is opened`() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await SQLiteDatabase.open(SQLiteConfiguration(location: .file("/proc/parley.db")))
        }
        #expect(error?.code == .cannotOpen && error?.message == "unable to open database file: /proc/parley.db")
    }
}
