import Database
import DatabaseTesting
import Testing

/// On the main actor, whose jobs run in the order in which they are started: so a test knows which writes wait.
@MainActor @Suite struct GroupCommitTests {
    let directory: TemporaryDirectory
    let database: SQLiteDatabase

    init() async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db"))))
        try await database.execute("CREATE TABLE note (text INTEGER)")
    }

    @Test func `writers that never rest do not keep a schema session waiting`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await database.execute("CREATE TABLE busy (x INTEGER)")
        let writers = (0..<4).map { _ in
            Task { while !Task.isCancelled { try await database.execute("INSERT INTO busy VALUES (1)") } }
        }
        for _ in 0..<20 { try await database.withSchemaSession(SchemaSessionOptions()) { _ in } }
        for writer in writers { writer.cancel() }
        for writer in writers { _ = await writer.result }
        try await database.close()
    }

    @Test func `writes that wait together are committed together`() async throws {
        let busy = try await BusyWriter(database)
        let queued = await queueWrites(100)
        let before = try await database.size()
        try await busy.finish()
        for write in queued { try await write.value }
        #expect(try await notes() == Array(1...100))
        // Every commit adds at least a page to the log: one page for all of them, and not a hundred.
        #expect(try await database.size() - before < 10 * 4096)
    }

    @Test func `a write that is cancelled while it waits never runs`() async throws {
        let busy = try await BusyWriter(database)
        let queued = await queueWrites(3)
        queued[1].cancel()
        try await busy.finish()
        await #expect(throws: CancellationError.self) { try await queued[1].value }
        try await queued[2].value
        #expect(try await notes() == [1, 3])
    }

    @Test func `a close commits the writes that wait, and refuses those that come later`() async throws {
        let busy = try await BusyWriter(database)
        let queued = await queueWrites(3)
        let closing = Task { try await database.close() }
        while database.isConnected { await Task.yield() }
        let late = Task { _ = try await database.execute("INSERT INTO note (text) VALUES (4)") }
        try await busy.finish()
        for write in queued { try await write.value }
        try await closing.value
        #expect(await #expect(throws: DatabaseError.self) { try await late.value } == .closed)
        let again = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db"))))
        #expect(try await again.query("SELECT text FROM note") { $0.integer(0) } == [1, 2, 3])
    }

    @Test func `a read does not wait for a write, and does not see it before its commit`() async throws {
        let busy = try await BusyWriter(database, "INSERT INTO note VALUES (1)")
        #expect(try await notes().isEmpty)
        try await busy.finish()
        #expect(try await notes() == [1])
    }

    @Test func `a schema session waits its turn, and the writes behind it wait for it`() async throws {
        let busy = try await BusyWriter(database)
        let session = Task {
            try await database.withSchemaSession(SchemaSessionOptions()) { session in
                try session.transaction { _ = try session.execute("ALTER TABLE note ADD COLUMN more DEFAULT 'x'") }
            }
        }
        await Task {}.value
        let queued = await queueWrites(1)
        try await busy.finish()
        try await session.value
        try await queued[0].value
        #expect(try await database.query("SELECT more FROM note") { $0.text(0) } == ["x"])
    }

    /// Starts writes and returns when all of them are queued.
    private func queueWrites(_ count: Int) async -> [Task<Void, any Error>] {
        let writes = (1...count).map { number in
            Task { _ = try await database.execute("INSERT INTO note (text) VALUES (?)", [.integer(Int64(number))]) }
        }
        // Under load the main actor may run them later than what is started after them.
        while database.statistics.queuedWrites < count { await Task.yield() }
        return writes
    }

    private func notes() async throws -> [Int] {
        try await database.query("SELECT text FROM note ORDER BY text") { $0.integer(0) }
    }
}

/// A write that stands still until it is told to finish.
@MainActor private struct BusyWriter {
    private let goOn = Gate()
    private let write: Task<Void, any Error>

    init(_ database: SQLiteDatabase, _ sql: String = "SELECT 1") async throws {
        let (isBusy, goOn) = (Gate(), goOn)
        write = Task {
            try await database.write { session in
                try session.execute(sql)
                isBusy.open()
                goOn.waitUntilOpen()
            }
        }
        await isBusy.opened()
    }

    func finish() async throws {
        goOn.open()
        try await write.value
    }
}
