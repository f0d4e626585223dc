import Database
import DatabaseTesting
import FoundationEssentials
import Testing

@Suite struct SQLiteDatabaseTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ name: String = "test.db", busyTimeout: Duration = .seconds(5)) async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file(name)), busyTimeout: busyTimeout))
    }

    // MARK: Opening

    @Test func `a database in a directory that is not there cannot be opened`() async throws {
        let error = await #expect(throws: DatabaseError.self) { try await open("nothing/test.db") }
        #expect(error?.code == .cannotOpen && error?.message.contains("nothing/test.db") == true)
    }

    @Test func `a directory is not a database`() async throws {
        let error = await #expect(throws: DatabaseError.self) { try await open("") }
        #expect(error?.code == .cannotOpen)
    }

    @Test func `a file of something else is not a database, and stays as it is`() async throws {
        let text = String(repeating: "This is a letter, not a database.\n", count: 100)
        let path = try directory.write(text, to: "test.db")
        let error = await #expect(throws: DatabaseError.self) { try await open() }
        #expect(error?.code == .notADatabase)
        #expect(try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self) == text)
    }

    @Test func `a path with a NUL byte is refused, not cut off`() async throws {
        let error = await #expect(throws: DatabaseError.self) { try await open("test.db\0.txt") }
        #expect(error?.code == .cannotOpen)
    }

    @Test(arguments: SQLiteConfiguration.Journal.allCases, SQLiteConfiguration.Journal.allCases)
    func `a file has the journal that it is opened with, whichever it had before`(
        _ before: SQLiteConfiguration.Journal,
        _ after: SQLiteConfiguration.Journal
    ) async throws {
        for journal in [before, after] {
            let configuration = SQLiteConfiguration(location: .file(directory.file("test.db")), journal: journal)
            let database = try await SQLiteDatabase.open(configuration)
            try await database.execute("CREATE TABLE IF NOT EXISTS note (text TEXT)")
            let found = try await database.withSchemaSession(SchemaSessionOptions()) { session in
                try session.rows("PRAGMA journal_mode") { $0.text(0).uppercased() }
            }
            #expect(found == [journal.rawValue])
            try await database.close()
        }
    }

    @Test func `an empty file becomes a database`() async throws {
        try directory.write("", to: "test.db")
        let database = try await open()
        let journal = try await database.withSchemaSession(SchemaSessionOptions()) { session in
            try session.rows("PRAGMA journal_mode") { $0.text(0) }
        }
        #expect(journal == ["wal"])
        try await database.close()
    }

    @Test func `the tables behind a virtual table are told from others`() async throws {
        let database = try await open()
        for sql in ["CREATE VIRTUAL TABLE docs USING fts5(text)", "CREATE TABLE docs_other (x)", "CREATE INDEX i ON docs_other (x)"] {
            try await database.execute(sql)
        }
        let objects = try await database.read { session in try session.schemaObjects() }
        #expect(objects.filter { !$0.isShadow }.map(\.name) == ["docs", "docs_other", "i"])
        #expect(Set(objects.filter(\.isShadow).map(\.name)).isSuperset(of: ["docs_data", "docs_idx", "docs_config"]))
        try await database.close()
    }

    @Test func `the schema can be looked at while a guarded script runs`() async throws {
        let database = try await open()
        // A view on a virtual table is one that SQLite refuses to use here, since it trusts no schema; it is told all the same.
        let script = Script(Array("CREATE VIRTUAL TABLE docs USING fts5(t); CREATE VIEW v AS SELECT t FROM docs; SELECT 1;".utf8))
        let counts = try await database.withSchemaSession(SchemaSessionOptions()) { session in
            try session.transaction {
                var counts: [Int?] = []
                try session.run(script, rules: ScriptRules(protectedTable: "")) { _ in
                    counts.append(try? session.schemaObjects().count { !$0.isShadow })
                }
                return counts
            }
        }
        #expect(counts == [0, 1, 2])
        try await database.close()
    }

    @Test(arguments: [(Duration.milliseconds(500), 500), (.seconds(2), 2000), (.milliseconds(1500), 1500), (.zero, 0)])
    func `the busy timeout is kept to the millisecond`(_ timeout: Duration, _ expected: Int) async throws {
        let database = try await open(busyTimeout: timeout)
        #expect(try await database.query("PRAGMA busy_timeout") { $0.integer(0) } == [expected])
        try await database.close()
    }

    @Test func `a write that waits for another process's lock gives up after the busy timeout`() async throws {
        let (first, second) = (try await open(), try await open(busyTimeout: .milliseconds(20)))
        try await first.execute("CREATE TABLE note (text TEXT)")
        try await first.holdingWriteLock {
            let error = await #expect(throws: DatabaseError.self) { try await second.execute("INSERT INTO note VALUES ('x')") }
            #expect(error?.code == .busy)
        }
        try await second.execute("INSERT INTO note VALUES ('y')")
        #expect(try await first.query("SELECT text FROM note") { $0.text(0) } == ["y"])
    }

    // MARK: Closing

    @Test func `a close leaves one file, with everything in it`() async throws {
        let database = try await open()
        try await database.execute("CREATE TABLE note AS SELECT 'kept' AS text")
        try await database.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["test.db"])
    }

    @Test func `what was written is there although nobody closed the database`() async throws {
        let database = try await open()
        try await database.execute("CREATE TABLE note AS SELECT 'kept' AS text")
        // What a killed process leaves: the file and its log, without the index of the log.
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: directory.file("test.db\(ending)"), toPath: directory.file("killed.db\(ending)"))
        }
        let killed = try await open("killed.db")
        #expect(try await killed.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
        try await killed.close()
        try await database.close()
    }

    @Test func `opening and closing fifty times keeps no file open`() async throws {
        for _ in 1...50 {
            let database = try await open()
            _ = try await database.query("SELECT 1") { $0.integer(0) }
            try await database.close()
        }
        #expect(try openFiles().isEmpty)
    }

    @Test func `a database that is let go of without a close keeps no file open`() async throws {
        for _ in 1...5 { _ = try await open().execute("CREATE TABLE IF NOT EXISTS note (text TEXT)") }
        #expect(try openFiles().isEmpty)
    }

    @Test func `a database that cannot be opened keeps no file open`() async throws {
        try directory.write(String(repeating: "no database ", count: 100), to: "test.db")
        for _ in 1...5 { _ = try? await open() }
        #expect(try openFiles().isEmpty)
    }

    /// The files of this test's directory that this process has open; other tests run beside it and have others.
    private func openFiles() throws -> [String] {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
            .filter { $0.hasPrefix(directory.path) }
    }
}
