import Database
import DatabaseTesting
import Testing

@testable import Migrations

/// The record of applied migrations, criterion by criterion.
@Suite struct MigrationTrackingTests {
    let database: FaultInjectingBridge
    let tracking: MigrationTracking
    let log = CapturedLog()

    init() async throws {
        database = FaultInjectingBridge(try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory)))
        tracking = MigrationTracking(database: database, logger: log.logger)
    }

    // MARK: Table management

    @Test func `the table is created with the schema that others know`() async throws {
        try await tracking.ensureMigrationsTable()
        let sql = try await database.query("SELECT sql FROM sqlite_schema WHERE name = 'migrations'") { $0.text(0) }
        #expect(
            sql == [
                """
                CREATE TABLE migrations (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    filename TEXT NOT NULL UNIQUE,
                    checksum TEXT,
                    applied_at DATETIME DEFAULT CURRENT_TIMESTAMP
                )
                """
            ]
        )
    }

    @Test func `creating the table again keeps what is in it`() async throws {
        try await tracking.ensureMigrationsTable()
        try await tracking.recordMigration(filename: "001_a.sql")
        try await tracking.ensureMigrationsTable()
        #expect(try await tracking.appliedMigrations().map(\.filename) == ["001_a.sql"])
    }

    @Test func `the creation of the table is logged`() async throws {
        try await tracking.ensureMigrationsTable()
        #expect(log.lines == ["debug: migration record: create the migrations table"])
    }

    @Test func `a failure to create the table is logged and thrown`() async throws {
        database.fail(statementsContaining: "CREATE TABLE", with: DatabaseError(.ioFailure, engineCode: 10, "disk I/O error"))
        let error = await #expect(throws: MigrationError.self) { try await tracking.ensureMigrationsTable() }
        #expect(error?.code == .databaseFailed && error?.operation == .initialize)
        #expect(log.lines == ["error: migration record: cannot create the migrations table {code=database-failed}"])
    }

    @Test func `a missing connection is an error in each operation`() async throws {
        try await database.close()
        let operations: [() async throws -> Void] = [
            { try await tracking.ensureMigrationsTable() }, { _ = try await tracking.appliedMigrations() },
            { _ = try await tracking.isPending("001_a.sql") }, { try await tracking.recordMigration(filename: "001_a.sql") },
        ]
        for operation in operations {
            let error = await #expect(throws: MigrationError.self) { try await operation() }
            #expect(error?.cause?.code == .closed && error?.message == "the database is closed")
        }
    }

    // MARK: Queries

    @Test func `without a table, nothing is applied and everything is pending`() async throws {
        #expect(try await tracking.appliedMigrations().isEmpty)
        #expect(try await tracking.isPending("001_a.sql"))
    }

    @Test func `an empty table has no applied migrations`() async throws {
        try await tracking.ensureMigrationsTable()
        #expect(try await tracking.appliedMigrations().isEmpty)
    }

    @Test func `applied migrations are sorted by the time of their application, then by id`() async throws {
        try await tracking.ensureMigrationsTable()
        let rows = [("002_b.sql", "2026-02-02 00:00:00"), ("001_a.sql", "2026-01-01 00:00:00"), ("003_c.sql", "2026-01-01 00:00:00")]
        for (filename, time) in rows {
            try await database.execute("INSERT INTO migrations (filename, applied_at) VALUES (?, ?)", [.text(filename), .text(time)])
        }
        #expect(try await tracking.appliedMigrations().map(\.filename) == ["001_a.sql", "003_c.sql", "002_b.sql"])
    }

    @Test func `each row becomes an applied migration`() async throws {
        try await tracking.ensureMigrationsTable()
        try await database.execute("INSERT INTO migrations VALUES (7, '001_a.sql', 'sha256:00', '2026-01-01 10:20:30')")
        let expected = AppliedMigration(id: 7, filename: "001_a.sql", checksum: "sha256:00", appliedAt: "2026-01-01 10:20:30")
        #expect(try await tracking.appliedMigrations() == [expected])
    }

    @Test func `a migration is pending until it is recorded`() async throws {
        try await tracking.ensureMigrationsTable()
        #expect(try await tracking.isPending("001_a.sql"))
        try await tracking.recordMigration(filename: "001_a.sql", checksum: "sha256:00")
        #expect(try await !tracking.isPending("001_a.sql"))
    }

    @Test func `a query that fails is a migration error, and logged`() async throws {
        try await tracking.ensureMigrationsTable()
        database.fail(statementsContaining: "FROM main.migrations", with: DatabaseError(.corrupt, engineCode: 11, "malformed"))
        let error = await #expect(throws: MigrationError.self) { _ = try await tracking.isPending("001_a.sql") }
        #expect(error?.code == .databaseFailed && error?.filename == "001_a.sql" && error?.cause?.engineCode == 11)
        #expect(log.lines.last == "error: migration record: cannot look a migration up {code=database-failed, migration=001_a.sql}")
        await #expect(throws: MigrationError.self) { _ = try await tracking.appliedMigrations() }
    }
}
