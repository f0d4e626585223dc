import Database
import DatabaseTesting
import FoundationEssentials
import Testing

@Suite struct SQLiteBackupTests {
    let directory: TemporaryDirectory
    let database: SQLiteDatabase

    init() async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db"))))
        try await database.execute("CREATE TABLE note (text TEXT)")
        try await database.execute("INSERT INTO note VALUES ('kept')")
    }

    @Test func `a backup has everything that was committed, the log included`() async throws {
        try await database.backup(to: directory.file("copy.db"))
        #expect(try await notes(in: "copy.db") == ["kept"])
    }

    @Test func `a backup replaces an older one, and leaves nothing beside it`() async throws {
        try await database.backup(to: directory.file("copy.db"))
        try await database.execute("INSERT INTO note VALUES ('later')")
        try await database.backup(to: directory.file("copy.db"))
        #expect(try names() == ["copy.db", "test.db", "test.db-shm", "test.db-wal"])
        #expect(try await notes(in: "copy.db") == ["kept", "later"])
    }

    @Test func `a backup of the memory is a file`() async throws {
        let memory = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await memory.execute("CREATE TABLE note AS SELECT 'remembered' AS text")
        try await memory.backup(to: directory.file("copy.db"))
        #expect(try await notes(in: "copy.db") == ["remembered"])
    }

    @Test func `a backup into a directory that is not there fails, and the database goes on`() async throws {
        let error = await #expect(throws: DatabaseError.self) { try await database.backup(to: directory.file("nothing/copy.db")) }
        #expect(error?.code == .cannotOpen)
        try await database.execute("INSERT INTO note VALUES ('later')")
        #expect(try await database.query("SELECT text FROM note") { $0.text(0) } == ["kept", "later"])
    }

    @Test func `a backup that cannot take its name leaves nothing behind`() async throws {
        try FileManager.default.createDirectory(atPath: directory.file("copy.db"), withIntermediateDirectories: false)
        let error = await #expect(throws: DatabaseError.self) { try await database.backup(to: directory.file("copy.db")) }
        #expect(error?.code == .ioFailure)
        #expect(try names() == ["copy.db", "test.db", "test.db-shm", "test.db-wal"])
    }

    @Test(arguments: ["test.db", "./test.db", "link.db"])
    func `a backup onto the database itself is refused`(_ name: String) async throws {
        try FileManager.default.createSymbolicLink(atPath: directory.file("link.db"), withDestinationPath: directory.file("test.db"))
        let error = await #expect(throws: DatabaseError.self) { try await database.backup(to: directory.file(name)) }
        #expect(error?.code == .cannotOpen)
        try await database.execute("INSERT INTO note VALUES ('later')")
        try await database.close()
        #expect(try await notes(in: "test.db") == ["kept", "later"])
    }

    @Test func `a file that looks like an unfinished backup is no obstacle`() async throws {
        try directory.write("rubbish", to: "copy.db.unfinished-\(ProcessInfo.processInfo.processIdentifier)")
        try await database.backup(to: directory.file("copy.db"))
        #expect(try await notes(in: "copy.db") == ["kept"])
    }

    private func notes(in name: String) async throws -> [String] {
        let copy = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file(name))))
        let notes = try await copy.query("SELECT text FROM note") { $0.text(0) }
        try await copy.close()
        return notes
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }
}
