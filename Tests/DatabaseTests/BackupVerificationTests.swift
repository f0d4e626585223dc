import Database
import DatabaseTesting
import FoundationEssentials
import Glibc
import Testing

@Suite struct BackupVerificationTests {
    let directory: TemporaryDirectory
    let path: String

    /// A backup of some pages.
    init() async throws {
        directory = try TemporaryDirectory()
        path = directory.file("copy with 100% ?#&.backup")
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        try await database.execute("CREATE TABLE child (parent INTEGER REFERENCES parent (id), text TEXT)")
        try await database.execute("CREATE INDEX child_text ON child (text)")
        try await database.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) INSERT INTO child SELECT NULL, printf('%060d', i) FROM n"
        )
        try await database.backup(to: path)
    }

    @Test func `a sound backup is sound, and has nothing beside it afterwards`() async throws {
        let found = try await BackupStore.verify(path)
        #expect(found.isSound && found.objects == 3 && found.orphans == 0 && found.path.hasSuffix("?#&.backup"))
        #expect(found.bytes > 100_000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 1)
    }

    @Test func `rows without a parent are counted, and no fault`() async throws {
        try await change { session in
            try session.execute("INSERT INTO child VALUES (7, 'a'), (8, 'b')")
        }
        let found = try await BackupStore.verify(path)
        #expect(found.isSound && found.orphans == 2)
    }

    @Test func `a file in write-ahead mode is looked at without a log being made`() async throws {
        try await change { _ in }
        #expect(try await BackupStore.verify(path).isSound)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 1)
    }

    @Test func `what only the log has is part of what is verified`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path)))
        try await database.execute("CREATE TABLE later (x)")
        #expect(try await BackupStore.verify(path).objects == 4)
        try await database.close()
    }

    @Test func `a pipe is no backup, and not waited for`() async throws {
        let pipe = directory.file("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(try await BackupStore.verify(pipe).faults == ["it is no SQLite database"])
    }

    @Test func `a damaged page is found`() async throws {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        for index in 40_960..<45_056 { bytes[index] = 0xA5 }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let found = try await BackupStore.verify(path)
        #expect(!found.isSound && !found.faults[0].isEmpty)
    }

    @Test(arguments: [4_096, 100, 16, 15, 0])
    func `a file that was cut off is found`(length: Int) async throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(length))
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try await !BackupStore.verify(path).isSound)
    }

    @Test func `a text is no backup`() async throws {
        let found = try await BackupStore.verify(try directory.write(String(repeating: "text ", count: 2_000), to: "text"))
        #expect(!found.isSound && found.faults == ["it is no SQLite database"])
    }

    @Test func `a file that is not there is an error`() async throws {
        let error = await #expect(throws: BackupError.self) { try await BackupStore.verify(directory.file("nothing")) }
        #expect(error?.code == .notFound)
    }

    @Test func `a sound backup can be read in the same look`() async throws {
        let (_, count) = try await BackupStore.verify(path) { session in
            try session.first("SELECT count(*) FROM child") { $0.integer(0) }
        }
        #expect(count == 2_000)
    }

    /// Changes the backup as a database, which leaves it in write-ahead mode.
    private func change(_ body: @escaping @Sendable (any SchemaSession) throws -> Void) async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), readers: 1))
        try await database.withSchemaSession(SchemaSessionOptions(), body)
        try await database.close()
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }
}
