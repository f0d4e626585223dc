import Database
import DatabaseTesting
import Glibc
import Migrations
import Synchronization
import Testing

/// The backup that a run begins with.
@Suite struct MigrationBackupTests {
    let fixture: MigrationFixture
    let store: BackupStore

    init() throws {
        fixture = try MigrationFixture(["001_note.sql": "CREATE TABLE note (text); INSERT INTO note VALUES ('kept');"])
        store = BackupStore(database: fixture.databasePath)
    }

    private var options: MigrationOptions { options(keeping: 3) }

    private func options(keeping count: Int) -> MigrationOptions {
        MigrationOptions(backups: MigrationBackups(store: store, keep: count))
    }

    @Test func `a new database has nothing to back up`() async throws {
        #expect(try await fixture.migrate(options) == ["001_note.sql"])
        #expect(try store.list().isEmpty)
    }

    @Test func `a database that has only the record has nothing to back up`() async throws {
        let database = try await fixture.open()
        try await MigrationTracking(database: database, logger: .silent).ensureMigrationsTable()
        try await database.close()
        #expect(try await fixture.migrate(options) == ["001_note.sql"])
        #expect(try store.list().isEmpty)
    }

    @Test func `the backup has what was there before the run, and is named after the first file of it`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["007_drop.sql": "DROP TABLE note;", "008_other.sql": "CREATE TABLE other (x);"])
        let database = try await fixture.open()
        let events = Mutex<[MigrationEvent]>([])
        let result = try await fixture.service(database, options) { event in events.withLock { $0.append(event) } }.runMigrations()
        try await database.close()
        let backup = try #require(try store.list().first)
        #expect(backup.kind == .automatic(before: "007") && result.backup == backup.path)
        let copy = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(backup.path), isReadOnly: true))
        #expect(try await copy.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
        try await copy.close()
        let told = events.withLock { events in
            events.compactMap { event -> String? in
                switch event {
                case .planned: "planned"
                case .backingUp: "backing up"
                case .backedUp(let path, let bytes, let duration) where duration > .zero: "\(path) \(bytes)"
                case .started(let file, _, _): file.version
                default: nil
                }
            }
        }
        #expect(told == ["planned", "backing up", "\(backup.path) \(backup.bytes)", "007", "008"])
    }

    @Test func `where nothing is pending no backup is made`() async throws {
        try await fixture.migrate(options)
        try await fixture.migrate(options)
        #expect(try store.list().isEmpty)
    }

    @Test func `a checksum that is only filled in is no reason for a backup`() async throws {
        try await fixture.migrate()
        let database = try await fixture.open()
        try await database.execute("UPDATE migrations SET checksum = NULL")
        try await database.close()
        try await fixture.migrate(options)
        #expect(try store.list().isEmpty)
    }

    @Test func `without being asked for no backup is made`() async throws {
        try await fixture.migrate()
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        try await fixture.migrate()
        #expect(try store.list().isEmpty)
    }

    @Test func `the newest so many stay`() async throws {
        try await fixture.migrate(options)
        for number in 2...5 {
            try fixture.add(["00\(number)_t.sql": .text("CREATE TABLE t\(number) (x);")])
            try await fixture.migrate(options(keeping: 2))
        }
        #expect(try store.list().map(\.kind) == [.automatic(before: "005"), .automatic(before: "004")])
    }

    @Test func `a backup that another process has overtaken does not push out the one from before the migration`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_drop.sql": "DROP TABLE note;"])
        let database = FaultInjectingBridge(try await fixture.open())
        database.beforeBackup { [fixture, options] in try await fixture.migrate(options) }
        let result = try await fixture.service(database, options(keeping: 1)).runMigrations()
        try await database.close()
        #expect(result.applied.isEmpty && result.backup == nil)
        let backup = try #require(try store.list().first)
        let copy = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(backup.path), isReadOnly: true))
        #expect(try await copy.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
        try await copy.close()
    }

    @Test func `a failure names the backup, and can be taken back with it`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_b.sql": "DELETE FROM note;", "003_c.sql": "nonsense;"])
        let failure = try await migrationFailure { try await fixture.migrate(options) }
        let backup = try #require(failure.backup)
        #expect(try store.list().map(\.path) == [backup] && failure.applied == ["002_b.sql"])
        let last = failure.diagnosis(directory: "migrations").split(separator: "\n").last
        let command = "parley backup restore \(backup) --database \(store.database)"
        #expect(last == "To have the database as it was before this run: \(command)")
        _ = try await store.restore(from: backup)
        let database = try await fixture.open()
        #expect(try await database.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
        try await database.close()
    }

    @Test func `a failure that has changed nothing does not offer to restore`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_b.sql": "nonsense;"])
        let failure = try await migrationFailure { try await fixture.migrate(options) }
        #expect(failure.backup != nil)
        #expect(failure.diagnosis(directory: "m").hasSuffix("\nNo migration was applied by this run."))
    }

    @Test(arguments: [DatabaseError.Code.corrupt, .notADatabase])
    func `a damaged database is no reason to go without a backup`(code: DatabaseError.Code) async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "BACKUP", with: DatabaseError(code, "database disk image is malformed"))
        let failure = try await migrationFailure { try await fixture.service(database, options).runMigrations() }
        let error = failure.errors[0]
        #expect(error.code == .databaseFailed && error.cause?.code == code && error.message.contains("file \(store.database) is damaged"))
        #expect(error.recovery.contains("parley backup verify \(store.database)") && error.recovery.contains("parley backup restore"))
        #expect(!error.recovery.contains("--migration-backups"))
        try await database.close()
    }

    @Test func `a run that finds the database locked makes no backup`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        let (first, second) = (try await fixture.open(), try await fixture.open())
        var impatient = options
        impatient.lockTimeout = .zero
        let service = fixture.service(second, impatient)
        try await first.holdingWriteLock {
            let failure = try await migrationFailure { try await service.runMigrations() }
            #expect(failure.errors.map(\.code) == [.databaseBusy] && failure.backup == nil)
        }
        #expect(try store.list().isEmpty)
    }

    @Test func `a disk without room for the backup stops the run before anything is changed`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "BACKUP", with: DatabaseError(.storageFull, "database or disk is full"))
        let before = try await database.snapshot()
        let failure = try await migrationFailure { try await fixture.service(database, options).runMigrations() }
        #expect(failure.errors.map(\.code) == [.backupFailed] && failure.errors[0].cause?.code == .storageFull)
        #expect(failure.errors[0].recovery.contains("free some space") && failure.errors[0].recovery.contains("--migration-backups 0"))
        #expect(failure.diagnosis(directory: "m").hasSuffix("No migration was run: nothing was changed."))
        #expect(try await database.snapshot() == before)
        try await database.close()
        #expect(try await fixture.migrate() == ["002_b.sql"])
    }

    @Test func `a run that is cancelled during its backup was stopped, and has changed nothing`() async throws {
        try await fixture.migrate(options)
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "BACKUP", with: DatabaseError(.interrupted, "interrupted"))
        let failure = try await migrationFailure { try await fixture.service(database, options).runMigrations() }
        #expect(failure.errors.map(\.code) == [.cancelled])
        try await database.close()
    }
}
