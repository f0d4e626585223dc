import Database
import DatabaseTesting
import FoundationEssentials
import Testing

/// Readers keep their snapshots for a while: nobody may notice.
@Suite struct ReaderSnapshotTests {
    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("test.db")
    }

    @Test func `what another process writes is seen soon`() async throws {
        let ours = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path)))
        let theirs = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path)))
        try await ours.execute("CREATE TABLE note (text TEXT)")
        #expect(try await count(ours) == 0)
        try await theirs.execute("INSERT INTO note VALUES ('x')")
        let deadline = ContinuousClock.now + .seconds(10)
        while try await count(ours) == 0, .now < deadline { await Task.yield() }
        #expect(try await count(ours) == 1)
        try await ours.close()
        try await theirs.close()
    }

    @Test func `readers that never rest do not keep the log from being folded into the database`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), synchronous: .normal))
        try await database.execute("CREATE TABLE note (text BLOB)")
        let readers = (0..<2).map { _ in
            Task { while !Task.isCancelled { _ = try await count(database); await Task.yield() } }
        }
        // 38 MB through a log that is folded every 4 MB.
        for _ in 0..<600 { try await database.execute("INSERT OR REPLACE INTO note (rowid, text) VALUES (1, randomblob(65536))") }
        for reader in readers { reader.cancel() }
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
        let size = try #require(attributes[.size] as? Int)
        #expect(size < 24 << 20, "the log has grown to \(size) bytes")
        try await database.close()
    }

    private func count(_ database: SQLiteDatabase) async throws -> Int {
        try await database.query("SELECT count(*) FROM note") { $0.integer(0) }[0]
    }
}
