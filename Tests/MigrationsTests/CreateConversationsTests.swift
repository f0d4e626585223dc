import Database
import DatabaseTesting
import FoundationEssentials
import Migrations
import Testing

/// migrations/001_create_conversations.sql, as it is in the repository.
@Suite struct CreateConversationsTests {
    static let id = "019a0000-0000-7000-8000-000000000001"
    static let time = "2026-11-21T07:58:05.123Z"
    let database: SQLiteDatabase

    init() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        let directory = root.appendingPathComponent("migrations").path
        try await MigrationService(database: database, directory: directory, logger: .silent).runMigrations()
    }

    @Test func `the table has an id, a title and two times, none of which may be NULL`() async throws {
        let columns = try await database.query("SELECT name, type, \"notnull\", pk FROM pragma_table_info('conversations')") { row in
            "\(row.text(0)) \(row.text(1)) \(row.integer(2)) \(row.integer(3))"
        }
        #expect(columns == ["id TEXT 1 1", "title TEXT 1 0", "created_at TEXT 1 0", "updated_at TEXT 1 0"])
    }

    @Test(arguments: [
        "SELECT * FROM conversations ORDER BY created_at DESC, id DESC LIMIT ?",
        "SELECT * FROM conversations WHERE (created_at, id) < ('2026', 'x') ORDER BY created_at DESC, id DESC LIMIT ?",
    ])
    func `a page is read from the index, without sorting`(_ query: String) async throws {
        let plan = try await database.query("EXPLAIN QUERY PLAN \(query)", [20]) { $0.text(3) }
        #expect(plan.count == 1 && plan[0].contains("USING INDEX conversations_newest_first"), "\(plan)")
    }

    @Test func `times are made in UTC with milliseconds, as RFC 3339 writes them`() async throws {
        try await database.execute("INSERT INTO conversations (id, title) VALUES (?, 'x')", [.text(Self.id)])
        let times = try await database.query("SELECT created_at, updated_at FROM conversations") { [$0.text(0), $0.text(1)] }[0]
        #expect(times[0].wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(times[0] == times[1])
    }

    @Test func `changing a title moves updated_at, and only that`() async throws {
        try await insert(updatedAt: "2020-01-01T00:00:00.000Z")
        try await database.execute("UPDATE conversations SET title = 'y'")
        let row = try await database.query("SELECT created_at, updated_at FROM conversations") { [$0.text(0), $0.text(1)] }[0]
        #expect(row[0] == Self.time && row[1] > "2026")
    }

    @Test func `updated_at never goes back, even when the clock does`() async throws {
        try await insert(updatedAt: "2999-01-01T00:00:00.000Z")
        try await database.execute("UPDATE conversations SET title = 'y'")
        #expect(try await database.query("SELECT updated_at FROM conversations") { $0.text(0) } == ["2999-01-01T00:00:00.000Z"])
    }

    @Test func `an update that sets updated_at itself keeps what it sets`() async throws {
        try await insert(updatedAt: Self.time)
        try await database.execute("UPDATE conversations SET updated_at = '2027-01-01T00:00:00.000Z'")
        #expect(try await database.query("SELECT updated_at FROM conversations") { $0.text(0) } == ["2027-01-01T00:00:00.000Z"])
    }

    @Test(arguments: [
        ("short", "x", time), (id, "", time), (id, String(repeating: "x", count: 256), time), (id, "x", "2026-11-21 07:58:05"),
    ])
    func `the checks refuse what the server would never write`(_ id: String, _ title: String, _ time: String) async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await database.execute(
                "INSERT INTO conversations (id, title, created_at) VALUES (?, ?, ?)",
                [.text(id), .text(title), .text(time)]
            )
        }
        #expect(error?.code == .checkViolation)
    }

    @Test func `titles are measured in characters, not bytes`() async throws {
        let title = String(repeating: "🦜", count: 255)
        try await database.execute("INSERT INTO conversations (id, title) VALUES (?, ?)", [.text(Self.id), .text(title)])
        #expect(try await database.query("SELECT title FROM conversations") { $0.text(0) } == [title])
    }

    @Test func `an id is there once`() async throws {
        try await insert(updatedAt: Self.time)
        let error = await #expect(throws: DatabaseError.self) { try await insert(updatedAt: Self.time) }
        #expect(error?.code == .uniqueViolation)
    }

    private func insert(updatedAt: String) async throws {
        let arguments: [Value] = [.text(Self.id), "x", .text(Self.time), .text(updatedAt)]
        try await database.execute("INSERT INTO conversations VALUES (?, ?, ?, ?)", arguments)
    }
}
