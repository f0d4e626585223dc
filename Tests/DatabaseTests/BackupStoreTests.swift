import DatabaseTesting
import FoundationEssentials
import Glibc
import Testing

@testable import Database

@Suite struct BackupStoreTests {
    let directory: TemporaryDirectory
    let database: SQLiteDatabase
    let store: BackupStore

    init() async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db")), readers: 1))
        try await database.execute("CREATE TABLE note (text TEXT)")
        store = BackupStore(database: directory.file("test.db"))
    }

    // MARK: Names

    @Test(arguments: [
        (Backup.Kind.manual, "test.db.20261121T075805.123Z.backup"),
        (.automatic(before: "007"), "test.db.before-007-20261121T075805.123Z.backup"),
    ])
    func `a name tells why and when`(kind: Backup.Kind, name: String) throws {
        let time = BackupTime(milliseconds: 1_795_247_885_123)
        #expect(Backup.name(kind, of: "test.db", at: time) == name)
        let parsed = try #require(Backup.parse(name, of: "test.db"))
        #expect(parsed.kind == kind && parsed.time == time && parsed.time.rfc3339 == "2026-11-21T07:58:05.123Z")
    }

    @Test(arguments: [
        "test.db", "test.db-wal", "test.db.backup", "test.db.20261121T075805.123Z", "test.db.20261121T075805.123Z.backup.unfinished-12",
        "test.db.20261121T075805Z.backup", "test.db.20260230T075805.123Z.backup", "test.db.before--20261121T075805.123Z.backup",
        "test.db.before-7a-20261121T075805.123Z.backup", "test.db.before-007.20261121T075805.123Z.backup",
        "other.db.20261121T075805.123Z.backup", "test.db.20261121T075805.123Z.backup ", "test.db.2026-11-21T07:58:05.123Z.backup",
        "test.db.replaced-20261121T075805.123Z", "test.db.٢0261121T075805.123Z.backup", "xtest.db.20261121T075805.123Z.backup",
    ])
    func `what is only like a backup's name is none`(name: String) {
        #expect(Backup.parse(name, of: "test.db") == nil)
    }

    @Test func `a database whose name only looks the same has other backups`() {
        let (name, other) = ("\u{E9}.db", "e\u{301}.db")
        #expect(Backup.parse("\(name).20261121T075805.123Z.backup", of: name) != nil)
        #expect(Backup.parse("\(name).20261121T075805.123Z.backup", of: other) == nil)
    }

    @Test(arguments: [0, 1, 951_782_400_000, 1_795_247_885_123, -1, 253_402_300_799_999])
    func `a time is read as it is written`(milliseconds: Int64) {
        let time = BackupTime(milliseconds: milliseconds)
        #expect(BackupTime(time.text[...]) == time)
    }

    // MARK: Making

    @Test func `backups are listed with their kinds, the newest first, and each is whole`() async throws {
        let first = try await store.create(of: database)
        try await database.execute("INSERT INTO note VALUES ('later')")
        let second = try await store.create(.automatic(before: "002"), of: database)
        #expect(try store.list() == [second, first])
        #expect(second.bytes > 0 && second.time >= first.time && second.kind == .automatic(before: "002"))
        #expect(try await notes(in: first.path) == [])
        #expect(try await notes(in: second.path) == ["later"])
    }

    @Test func `many at once get names of their own`() async throws {
        for _ in 1...10 { _ = try await store.create(of: database) }
        #expect(try store.list().count == 10)
    }

    @Test func `a database that is open for reading only can be backed up, beside the one that writes`() async throws {
        let reader = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db")), isReadOnly: true))
        try await database.execute("INSERT INTO note VALUES ('in the log')")
        let backup = try await store.create(of: reader)
        #expect(try await notes(in: backup.path) == ["in the log"])
        await #expect(throws: DatabaseError.self) { try await reader.execute("DELETE FROM note") }
        let error = await #expect(throws: DatabaseError.self) { try await reader.read { try $0.execute("DELETE FROM note") } }
        #expect(error?.code == .readOnly)
    }

    @Test func `a backup may be read by nobody who may not read the database`() async throws {
        _ = unsafe chmod(directory.file("test.db"), 0o600)
        let backup = try await store.create(of: database)
        var status = stat()
        try unsafe #require(stat(backup.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func `a copy elsewhere is no backup of the list, and takes no file's place`() async throws {
        let path = directory.file("elsewhere.db")
        let copy = try await store.create(at: path, of: database)
        #expect(copy.path == path && copy.bytes > 0)
        #expect(try store.list() == [])
        let error = await #expect(throws: BackupError.self) { try await store.create(at: path, of: database) }
        #expect(error?.code == .alreadyExists)
    }

    @Test func `backups are beside the file itself, not beside a link to it`() async throws {
        let elsewhere = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: elsewhere.file("link.db"), withDestinationPath: directory.file("test.db"))
        let backup = try await BackupStore(database: elsewhere.file("link.db")).create(of: database)
        #expect(try store.list() == [backup])
    }

    @Test func `a link to a file that is not there yet is followed`() throws {
        let elsewhere = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: elsewhere.file("link.db"), withDestinationPath: directory.file("new.db"))
        #expect(BackupStore(database: elsewhere.file("link.db")) == BackupStore(database: directory.file("new.db")))
    }

    @Test func `whoever is cancelled gets no backup, and nothing is left of it`() async throws {
        try await database.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) INSERT INTO note SELECT i FROM n"
        )
        let before = try names()
        let task = Task {
            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            return try await store.create(of: database)
        }
        let error = await #expect(throws: BackupError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try names() == before)
        #expect(try await store.create(of: database).bytes > 100_000)
    }

    @Test(arguments: [
        (DatabaseError.Code.storageFull, BackupError.Code.storageFull), (.ioFailure, .failed), (.interrupted, .cancelled),
    ])
    func `what goes wrong has a meaning and a next step`(cause: DatabaseError.Code, code: BackupError.Code) async throws {
        let faulty = FaultInjectingBridge(database)
        faulty.fail(statementsContaining: "BACKUP", with: DatabaseError(cause, "as the test says"))
        let error = await #expect(throws: BackupError.self) { try await store.create(of: faulty) }
        #expect(error?.code == code && error?.cause?.code == cause && error?.recovery.isEmpty == false)
    }

    @Test func `what a dead process has left is removed, what a living one makes is not`() async throws {
        let old = "test.db.20261121T075805.123Z.backup.unfinished-999999999"
        let ours = "test.db.20261121T075805.123Z.backup.unfinished-\(getpid())"
        let young = "test.db.20261121T075805.124Z.backup.unfinished-999999999"
        let foreign = "mine.unfinished-999999999"
        for name in [old, ours, young, foreign] { try directory.write("", to: name) }
        for name in [old, ours, foreign] { makeOld(name) }
        _ = try await store.create(of: database)
        let names = try names()
        #expect(!names.contains(old) && [ours, young, foreign].allSatisfy(names.contains))
        #expect(try store.list().count == 1)
    }

    // MARK: Pruning

    @Test func `the oldest automatic backups go, and nothing else`() async throws {
        let kept = ["test.db.20200101T000000.000Z.backup", "test.db.before-x-20200101T000000.000Z.backup", "test.db.before-001.backup"]
        for name in kept { try directory.write("", to: name) }
        for version in 1...4 { try directory.write("", to: "test.db.before-00\(version)-2020010\(version)T000000.000Z.backup") }
        let newest = try await store.create(.automatic(before: "005"), of: database)
        let (removed, left) = try store.prune(keeping: 3, newest: newest)
        #expect(removed.map(\.kind) == [.automatic(before: "002"), .automatic(before: "001")] && left.isEmpty)
        #expect(try store.list().filter { $0.kind != .manual }.map(\.kind) == ["005", "004", "003"].map { .automatic(before: $0) })
        #expect(try kept.allSatisfy(names().contains))
    }

    @Test func `a migration that fails again and again does not push out what is from before others`() async throws {
        try directory.write("", to: "test.db.before-002-20200101T000000.000Z.backup")
        for _ in 1...6 {
            let newest = try await store.create(.automatic(before: "003"), of: database)
            try store.prune(keeping: 3, newest: newest)
        }
        #expect(try store.list().map(\.kind) == ["003", "003", "002"].map { .automatic(before: $0) })
    }

    @Test func `a clock that was turned back does not cost the newest backup`() async throws {
        for day in 1...3 { try directory.write("", to: "test.db.before-009-2999010\(day)T000000.000Z.backup") }
        let newest = try await store.create(.automatic(before: "009"), of: database)
        try store.prune(keeping: 1, newest: newest)
        #expect(try store.list() == [newest])
    }

    private func makeOld(_ name: String) {
        let time = timespec(tv_sec: time(nil) - 7_200, tv_nsec: 0)
        _ = unsafe utimensat(AT_FDCWD, directory.file(name), [time, time], 0)
    }

    private func notes(in path: String) async throws -> [String] {
        let copy = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), isReadOnly: true))
        let notes = try await copy.query("SELECT text FROM note") { $0.text(0) }
        try await copy.close()
        return notes
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }
}
