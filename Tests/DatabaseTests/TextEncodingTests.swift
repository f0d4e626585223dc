import Database
import DatabaseTesting
import Testing

@Suite struct TextEncodingTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func `text of a database that keeps UTF-16 is read as UTF-8`() async throws {
        let path = directory.file("utf16.db")
        try await makeUTF16Database(at: path)
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path)))
        let found = try await database.query("SELECT text, encoding FROM note, pragma_encoding") { [$0.value(0), $0.value(1)] }
        #expect(found == [[.text("naïve 🦜"), .text("UTF-16le")]])
        #expect(try await database.query("SELECT text FROM note") { $0.text(0) } == ["naïve 🦜"])
        try await database.close()
    }

    /// The encoding can be chosen only before the first table, and a file has its header by the time it is open: so by way of the memory.
    private func makeUTF16Database(at path: String) async throws {
        let memory = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await memory.withSchemaSession(SchemaSessionOptions()) { session in _ = try session.execute("PRAGMA encoding = 'UTF-16le'") }
        try await memory.execute("CREATE TABLE note (text TEXT)")
        try await memory.execute("INSERT INTO note VALUES (?)", ["naïve 🦜"])
        try await memory.backup(to: path)
        try await memory.close()
    }
}
