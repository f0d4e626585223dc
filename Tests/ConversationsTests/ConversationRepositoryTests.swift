import Conversations
import Database
import Testing

@Suite struct ConversationRepositoryTests {
    private let database: SQLiteDatabase
    private let repository: ConversationRepository

    init() async throws {
        database = try await migratedDatabase()
        repository = ConversationRepository(database: database)
    }

    @Test func `what was created can be found`() async throws {
        let created = try await repository.create(title: try ConversationTitle("  Caf\u{E9} \u{1F600} "))
        #expect(created.title == "Caf\u{E9} \u{1F600}")
        #expect(created.updatedAt == created.createdAt)
        #expect(try await repository.find(created.id) == created)
    }

    @Test func `an identifier can be chosen, once`() async throws {
        let id = ConversationID.new()
        let first = try await repository.create(id, title: try ConversationTitle("first"))
        await #expect(throws: ConversationError.idExists(id)) { try await repository.create(id, title: .standard) }
        #expect(try await repository.find(id) == first)
    }

    @Test func `what is not there is not found, by any way`() async throws {
        let id = ConversationID.new()
        await #expect(throws: ConversationError.notFound(id)) { try await repository.find(id) }
        await #expect(throws: ConversationError.notFound(id)) { try await repository.update(id, title: .standard) { _ in } }
        await #expect(throws: ConversationError.notFound(id)) { try await repository.delete(id) { _ in } }
    }

    @Test func `replace creates what is not there and changes what is`() async throws {
        let id = ConversationID.new()
        let first = try await repository.replace(id, title: try ConversationTitle("one")) { _ in }
        let second = try await repository.replace(id, title: try ConversationTitle("two")) { _ in }
        #expect(first.isNew && first.conversation.title == "one")
        #expect(!second.isNew && second.conversation.title == "two")
        #expect(second.conversation.createdAt == first.conversation.createdAt)
    }

    @Test func `delete removes one and leaves the others`() async throws {
        let kept = try await repository.create(title: .standard)
        let removed = try await repository.create(title: .standard)
        try await repository.delete(removed.id) { _ in }
        #expect(try await repository.page(ConversationQuery(limit: 10)).conversations == [kept])
    }

    @Test func `an update keeps created_at and moves updated_at on`() async throws {
        let created = try await repository.create(title: .standard)
        while Timestamp.now() <= created.updatedAt { await Task.yield() }
        let updated = try await repository.update(created.id, title: try ConversationTitle("new")) { _ in }
        #expect(updated.title == "new")
        #expect(updated.createdAt == created.createdAt)
        #expect(updated.updatedAt > created.updatedAt)
    }

    @Test func `updated_at is never before created_at, even when the clock was ahead`() async throws {
        let id = ConversationID.new()
        let future = "2999-01-01T00:00:00.000Z"
        try await database.execute(
            "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, 'x', ?, ?)",
            [.text(id.description), .text(future), .text(future)]
        )
        let updated = try await repository.update(id, title: .standard) { _ in }
        #expect(updated.updatedAt.description == future)
    }

    @Test(arguments: [
        ("id", "36 * 'z'", String(repeating: "z", count: 36)), ("id", "a quote", "0198c0de-7a3f-7d52-9c1b-3f2a51c0de9\""),
        ("id", "upper case", "0198C0DE-7A3F-7D52-9C1B-3F2A51C0DE99"), ("id", "not ASCII", String(repeating: "\u{E9}", count: 36)),
        ("created_at", "no time", String(repeating: "x", count: 24)), ("updated_at", "a quote", "2026-11-21T07:58:05.12\"Z"),
        ("updated_at", "not ASCII", String(repeating: "\u{20AC}", count: 24)),
    ])
    func `a row that somebody has put there in another form is a typed error`(column: String, _: String, value: String) async throws {
        _ = try await repository.create(title: .standard)
        try await database.execute("UPDATE conversations SET \(column) = ?", [.text(value)])
        await #expect(throws: ConversationError.malformedRow) { try await repository.page(ConversationQuery(limit: 10)) }
    }
}
