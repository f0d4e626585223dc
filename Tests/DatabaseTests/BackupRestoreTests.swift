import DatabaseTesting
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import Database

@Suite struct BackupRestoreTests {
    let directory: TemporaryDirectory
    let path: String
    let store: BackupStore
    let backup: Backup

    /// A database that says "new", which was last open with a log, and a backup of it that says "old".
    init() async throws {
        directory = try TemporaryDirectory()
        path = directory.file("test.db")
        store = BackupStore(database: path)
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), readers: 1))
        try await database.execute("CREATE TABLE note (text TEXT)")
        try await database.execute("INSERT INTO note VALUES ('old')")
        backup = try await store.create(of: database)
        try await database.execute("UPDATE note SET text = 'new'")
        try await database.close()
    }

    @Test func `the backup is the database, what was there is kept, and the backup stays`() async throws {
        let restoration = try await store.restore(from: backup.path)
        #expect(try await note() == "old")
        let replaced = try #require(restoration.replaced)
        #expect(replaced.hasPrefix(store.database + ".replaced-"))
        #expect(try await note(in: replaced) == "new")
        #expect(try others() == [name(backup.path), name(replaced)].sorted())
        #expect(try store.list() == [backup])
    }

    @Test func `a restore can be taken back with the file it has kept`() async throws {
        let first = try await store.restore(from: backup.path)
        let replaced = try #require(first.replaced)
        _ = try await store.restore(from: replaced)
        #expect(try await note() == "new")
    }

    @Test func `what a killed server has left in its log goes with the old database`() async throws {
        try leaveLogBehind()
        #expect(Directory.size(of: path + "-wal") ?? 0 > 0)
        let restoration = try await store.restore(from: backup.path)
        #expect(try await note() == "old")
        let replaced = try #require(restoration.replaced)
        #expect(try await note(in: replaced) == "log")
    }

    @Test func `a database that is no database any more is kept with its log, which is not played into the backup`() async throws {
        try leaveLogBehind()
        try directory.write(String(repeating: "damage ", count: 3_000), to: "test.db")
        let log = Directory.size(of: path + "-wal")
        let restoration = try await store.restore(from: backup.path)
        #expect(try await note() == "old")
        let replaced = try #require(restoration.replaced)
        #expect(Directory.size(of: replaced + "-wal") == log)
    }

    @Test func `where there is no database the backup becomes it, and an old log does not get into it`() async throws {
        try leaveLogBehind()
        _ = unsafe unlink(path)
        let restoration = try await store.restore(from: backup.path)
        #expect(restoration.replaced == nil)
        #expect(try await note() == "old")
    }

    @Test func `a link that leads to the database stays one`() async throws {
        let elsewhere = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: elsewhere.file("link.db"), withDestinationPath: path)
        _ = try await BackupStore(database: elsewhere.file("link.db")).restore(from: backup.path)
        #expect(try await note() == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path) == ["link.db"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: elsewhere.file("link.db")) == path)
    }

    @Test func `the database keeps its permissions`() async throws {
        _ = unsafe chmod(path, 0o640)
        _ = try await store.restore(from: backup.path)
        var status = stat()
        try unsafe #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    // MARK: What is refused

    @Test func `a server that runs is named, and nothing changes`() async throws {
        let lock = try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        try await expectRefusal(.databaseHeld, backup.path)
        withExtendedLifetime(lock) {}
    }

    @Test func `a program that has the database open without our lock is in the way`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), readers: 1))
        #expect(try await database.query("SELECT text FROM note") { $0.text(0) } == ["new"])
        let error = await #expect(throws: BackupError.self) { try await store.restore(from: backup.path) }
        #expect(error?.code == .databaseHeld)
        try await database.execute("UPDATE note SET text = 'newer'")
        try await database.close()
        #expect(try await note() == "newer")
        #expect(try others() == [name(backup.path)])
    }

    @Test func `the database itself is no backup, by no name`() async throws {
        try FileManager.default.createSymbolicLink(atPath: directory.file("link.db"), withDestinationPath: path)
        try await expectRefusal(.isTheDatabase, path)
        try await expectRefusal(.isTheDatabase, directory.file("link.db"))
    }

    @Test func `a damaged backup changes nothing`() async throws {
        try directory.write("no database", to: "bad.backup")
        try await expectRefusal(.unsound, directory.file("bad.backup"))
        try await expectRefusal(.notFound, directory.file("nothing.backup"))
    }

    @Test func `a file with a log beside it is not the whole of a backup`() async throws {
        try directory.write("frames", to: name(backup.path) + "-wal")
        try await expectRefusal(.hasLog, backup.path)
    }

    @Test func `an interrupted restore's copy is removed by the next one, and is never a backup`() async throws {
        try directory.write("half", to: "test.db.restoring-1")
        #expect(try store.list() == [backup])
        _ = try await store.restore(from: backup.path)
        #expect(try !others().contains("test.db.restoring-1"))
    }

    @Test func `the second name that a killed restore may leave is removed by the next one`() async throws {
        try FileManager.default.linkItem(atPath: path, toPath: path + ".replaced-20200101T000000.000Z")
        _ = try await store.restore(from: backup.path)
        #expect(try !others().contains("test.db.replaced-20200101T000000.000Z"))
        #expect(try await note() == "old")
    }

    // MARK: Interruptions

    /// Its log lies where the old database would look for its own.
    @Test func `a program that opens the backup as soon as it is in its place does no harm to the old database`() async throws {
        let restoration = try await store.restore(from: backup.path) { [path] reached in
            guard reached == .durable else { return }
            let other = try Connection(path: path, access: .readWriteCreate)
            // As one that is killed leaves it.
            other.keepLogOnClose()
            _ = try other.first("PRAGMA journal_mode = WAL") { $0.text(0) }
            try other.execute("CREATE TABLE other (x)")
        }
        #expect(try objects(in: path) == ["note", "other"])
        #expect(try await note() == "old")
        let replaced = try #require(restoration.replaced)
        #expect(try objects(in: replaced) == ["note"])
        #expect(try await note(in: replaced) == "new")
    }

    private func objects(in path: String) throws -> [String] {
        try Connection(path: path, access: .readWriteCreate).schemaObjects().map(\.name)
    }

    private static let everyStep = BackupRestore.Step.allCases.flatMap { step in [(step, true), (step, false)] }.filter {
        $0 != .linked || !$1
    }

    @Test(arguments: everyStep)
    func `a failure at any step leaves the database as it was, and nothing else`(step: BackupRestore.Step, canExchange: Bool) async throws {
        for damage in [false, true] {
            try leaveLogBehind()
            if damage { try directory.write(String(repeating: "damage ", count: 3_000), to: "test.db") }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let log = try #require(Directory.size(of: path + "-wal"))
            #expect(log > 4_096)
            let error = await #expect(throws: BackupError.self) {
                try await store.restore(from: backup.path, canExchange: canExchange) { reached in
                    if reached == step { throw DatabaseError(.ioFailure, "as the test says") }
                }
            }
            #expect(error?.code == .failed)
            #expect(try others() == [name(backup.path)])
            if damage {
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before && Directory.size(of: path + "-wal") == log)
            } else {
                #expect(try await note() == "log")
            }
        }
    }

    @Test(arguments: everyStep)
    func `a kill at any step leaves a whole database, and the next restore completes`(step: BackupRestore.Step, canExchange: Bool)
        async throws
    {
        try leaveLogBehind()
        let frozen = try TemporaryDirectory()
        _ = try await store.restore(from: backup.path, canExchange: canExchange) { [directory] reached in
            // What a process that is killed here leaves is what the directory has at this moment.
            if reached == step { try Self.copyAll(from: directory, to: frozen) }
        }
        let hasBackup = [.exchanged, .durable, .proved].contains(step)
        let other = BackupStore(database: frozen.file("test.db"))
        #expect(try await note(in: other.database) == (hasBackup ? "old" : "log"))
        #expect(try other.list().map(\.kind) == [.manual])
        _ = try await other.restore(from: try other.list()[0].path)
        #expect(try await note(in: other.database) == "old")
        let names = try FileManager.default.contentsOfDirectory(atPath: frozen.path)
        #expect(!names.contains { $0.contains(".restoring-") })
        #expect(try await anyReplaced(in: frozen, says: "log"))
    }

    private func anyReplaced(in frozen: TemporaryDirectory, says text: String) async throws -> Bool {
        for name in try FileManager.default.contentsOfDirectory(atPath: frozen.path) where name.wholeMatch(of: /.*\.replaced-[^-]*/) != nil
        {
            if try await note(in: frozen.file(name)) == text { return true }
        }
        return false
    }

    private static func copyAll(from source: TemporaryDirectory, to destination: TemporaryDirectory) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path) {
            try FileManager.default.copyItem(atPath: source.file(name), toPath: destination.file(name))
        }
    }

    // MARK: What there is

    /// Leaves the database as a killed server does: "log" is in its log only.
    private func leaveLogBehind() throws {
        do {
            let connection = try Connection(path: path, access: .readWriteCreate)
            _ = try connection.first("PRAGMA journal_mode = WAL") { $0.text(0) }
            try connection.execute("PRAGMA wal_autocheckpoint = 0")
            try connection.execute("UPDATE note SET text = 'log'")
            // Whatever was there, something is written.
            try connection.execute("INSERT INTO note VALUES ('more')")
            for ending in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + ending, toPath: directory.file("frozen\(ending)"))
            }
        }
        for ending in ["", "-wal"] {
            _ = unsafe unlink(path + ending)
            try FileManager.default.moveItem(atPath: directory.file("frozen\(ending)"), toPath: path + ending)
        }
    }

    private func expectRefusal(_ code: BackupError.Code, _ path: String) async throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: self.path))
        let error = await #expect(throws: BackupError.self) { try await store.restore(from: path) }
        #expect(error?.code == code)
        #expect(try Data(contentsOf: URL(fileURLWithPath: self.path)) == before)
        #expect(try !others().contains { $0.contains("restoring") || $0.contains("replaced") })
    }

    private func note(in path: String? = nil) async throws -> String? {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path ?? self.path), readers: 1))
        let note = try await database.query("SELECT text FROM note") { $0.text(0) }
        try await database.close()
        return note.first
    }

    private func name(_ path: String) -> String { CanonicalPath.split(path).name }

    /// Every file but the database, its lock and its log.
    private func others() throws -> [String] {
        let own = ["test.db", "test.db.lock", "test.db-wal", "test.db-shm"]
        return try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { !own.contains($0) }.sorted()
    }
}
