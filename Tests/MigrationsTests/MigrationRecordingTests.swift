import Database
import DatabaseTesting
import Migrations
import Testing

/// Writing the record, criterion by criterion.
@Suite struct MigrationRecordingTests {
    let database: FaultInjectingBridge
    let tracking: MigrationTracking
    let log = CapturedLog()

    init() async throws {
        database = FaultInjectingBridge(try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory)))
        tracking = MigrationTracking(database: database, logger: log.logger)
        try await tracking.ensureMigrationsTable()
    }

    @Test func `a record has the filename and the current time in UTC`() async throws {
        try await tracking.recordMigration(filename: "001_a.sql")
        let isNow = "applied_at BETWEEN datetime('now', '-1 minute') AND datetime('now')"
        #expect(try await database.query("SELECT filename FROM migrations WHERE \(isNow)") { $0.text(0) } == ["001_a.sql"])
    }

    @Test(arguments: [nil, "sha256:00"])
    func `a record has a checksum where one is given`(_ checksum: String?) async throws {
        try await tracking.recordMigration(filename: "001_a.sql", checksum: checksum)
        #expect(try await tracking.appliedMigrations().map(\.checksum) == [checksum])
    }

    @Test(arguments: ["001_o'brien.sql", "001_a.sql'); DROP TABLE migrations; --", "001_\"a\".sql", "001_🦜.sql", "001_a\0b.sql", "?"])
    func `a filename is a value, never SQL`(_ filename: String) async throws {
        #expect(try await tracking.isPending(filename))
        try await tracking.recordMigration(filename: filename)
        #expect(try await !tracking.isPending(filename))
        #expect(try await tracking.appliedMigrations().map(\.filename) == [filename])
    }

    @Test func `an empty filename is refused before the database is asked`() async throws {
        let error = await #expect(throws: MigrationError.self) { try await tracking.recordMigration(filename: "") }
        #expect(error?.code == .invalidFilename)
        #expect(try await tracking.appliedMigrations().isEmpty)
    }

    @Test func `a second record of one file is refused and says that nothing has to be done`() async throws {
        try await tracking.recordMigration(filename: "001_a.sql")
        let error = await #expect(throws: MigrationError.self) { try await tracking.recordMigration(filename: "001_a.sql", checksum: "x") }
        #expect(error?.code == .alreadyRecorded && error?.filename == "001_a.sql" && error?.cause?.code == .uniqueViolation)
        #expect(error?.recovery == "nothing has to be done")
        #expect(try await tracking.appliedMigrations().map(\.checksum) == [nil])
    }

    @Test func `filenames are looked up by an index`() async throws {
        let plan = try await database.query("EXPLAIN QUERY PLAN SELECT checksum FROM migrations WHERE filename = ?", ["x"]) { $0.text(3) }
        #expect(plan == ["SEARCH migrations USING INDEX sqlite_autoindex_migrations_1 (filename=?)"])
    }

    @Test(arguments: [
        (DatabaseError.Code.busy, MigrationError.Code.databaseBusy), (.heldByAnotherProcess, .databaseBusy),
        (.storageFull, .storageFull), (.timedOut, .timedOut), (.interrupted, .cancelled), (.readOnly, .databaseFailed),
        (.ioFailure, .databaseFailed), (.corrupt, .databaseFailed), (.notADatabase, .databaseFailed), (.cannotOpen, .databaseFailed),
        (.closed, .databaseFailed), (.outOfMemory, .databaseFailed), (.forbiddenStatement, .forbiddenStatement),
        (.checkViolation, .statementFailed), (.invalidStatement, .statementFailed),
    ])
    func `a database error becomes a migration error with its cause and a next step`(
        _ code: DatabaseError.Code,
        _ expected: MigrationError.Code
    ) async throws {
        let cause = DatabaseError(code, engineCode: 99, "the engine's words")
        database.fail(statementsContaining: "INSERT INTO main.migrations", with: cause)
        let error = await #expect(throws: MigrationError.self) { try await tracking.recordMigration(filename: "001_a.sql") }
        #expect(error?.code == expected && error?.cause == cause && error?.operation == .apply)
        #expect(error?.recovery.isEmpty == false)
        database.fail(statementsContaining: "INSERT INTO main.migrations", with: nil)
        #expect(try await tracking.isPending("001_a.sql"))
    }

    @Test func `neither errors nor log lines show checksums, paths or statements`() async throws {
        try await tracking.recordMigration(filename: "001_a.sql", checksum: "sha256:secret")
        let error = await #expect(throws: MigrationError.self) {
            try await tracking.recordMigration(filename: "001_a.sql", checksum: "sha256:secret")
        }
        let told = log.lines + [error?.description ?? ""]
        for word in ["secret", "INSERT", "/tmp", ".db"] { #expect(!told.contains { $0.contains(word) }, "\(word)") }
        #expect(log.lines.last == "error: migration record: cannot record a migration {code=already-recorded, migration=001_a.sql}")
    }
}
