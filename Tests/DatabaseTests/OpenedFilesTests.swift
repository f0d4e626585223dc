import Database
import DatabaseTesting
import FoundationEssentials
import Metrics
import Testing

/// SQLite goes on writing to a file that somebody has removed; a write that is acknowledged must not be lost that way.
@Suite struct OpenedFilesTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let database: SQLiteDatabase

    init() async throws {
        directory = try TemporaryDirectory()
        path = directory.file("a.db")
        database = try await Self.open(path)
        try await database.execute("CREATE TABLE note (text TEXT)")
    }

    private static func open(_ path: String, _ journal: SQLiteConfiguration.Journal = .writeAheadLog) async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), journal: journal))
    }

    private func write(_ database: SQLiteDatabase) async throws {
        try await database.execute("INSERT INTO note VALUES ('x')")
    }

    private func move(_ from: String, _ to: String) throws {
        try FileManager.default.moveItem(atPath: from, toPath: to)
    }

    private func expectRefusal(_ database: SQLiteDatabase, sourceLocation: SourceLocation = #_sourceLocation) async {
        let error = await #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) { try await write(database) }
        #expect(error?.code == .replaced && error?.message.contains("put it back") == true, sourceLocation: sourceLocation)
        await #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) { try await database.checkStorage() }
        #expect(database.statistics.file?.isInPlace == false, sourceLocation: sourceLocation)
    }

    @Test(arguments: ["", "-wal"])
    func `writes are refused when the file or its log is removed`(suffix: String) async throws {
        try await write(database)
        #expect(database.statistics.file?.isInPlace == true)
        try FileManager.default.removeItem(atPath: path + suffix)
        await expectRefusal(database)
    }

    @Test func `of a database that was there before, too`() async throws {
        try await database.close()
        let again = try await Self.open(path)
        try FileManager.default.removeItem(atPath: path + "-wal")
        await expectRefusal(again)
    }

    @Test func `a file that is put back takes writes again`() async throws {
        try move(path, path + ".away")
        await expectRefusal(database)
        try move(path + ".away", path)
        try await write(database)
        try await database.checkStorage()
    }

    @Test func `another file in its place is not written, and its log is not removed at the end`() async throws {
        let other = try await Self.open(directory.file("b.db"))
        try await other.execute("CREATE TABLE note (text TEXT)")
        for suffix in ["", "-wal", "-shm"] {
            try move(path + suffix, path + ".away" + suffix)
            try move(directory.file("b.db") + suffix, path + suffix)
        }
        await expectRefusal(database)
        let error = await #expect(throws: DatabaseError.self) { try await database.scan(timeout: nil) { _ in } }
        #expect(error?.code == .replaced, "a connection that is opened now would be the other database's")
        try await database.close()
        #expect(FileManager.default.fileExists(atPath: path + "-wal"), "it belongs to the other database")
        let again = try await Self.open(path)
        #expect(try await again.query("SELECT count(*) FROM note") { $0.integer(0) } == [0])
    }

    @Test func `a link that leads elsewhere is noticed`() async throws {
        let link = directory.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let linked = try await Self.open(link)
        try await write(linked)
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.file("elsewhere.db"))
        await expectRefusal(linked)
    }

    @Test func `a rollback journal comes and goes, and is not missed`() async throws {
        let path = directory.file("c.db")
        let database = try await Self.open(path, .rollback)
        try await database.execute("CREATE TABLE note (text TEXT)")
        try await write(database)
        #expect(database.statistics.file?.isInPlace == true && database.statistics.file?.logBytes == nil)
        try FileManager.default.removeItem(atPath: path)
        await expectRefusal(database)
    }

    @Test func `a database in memory has no file`() async throws {
        let memory = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        #expect(memory.statistics.file == nil)
    }

    @Test func `batches and sizes are told`() async throws {
        for _ in 0..<3 { try await write(database) }
        let statistics = database.statistics
        #expect(statistics.batchSizes.counts.reduce(0, +) == 4 && statistics.batchSizes.sum == 4 && statistics.queuedWrites == 0)
        let file = try #require(statistics.file)
        #expect(try #require(file.bytes) > 0 && #require(file.logBytes) > 0 && #require(file.freeBytes) > 0 && file.hasRoom)
    }
}
