import Conversations
import Database
import Testing

@Suite struct ConversationPagingTests {
    private let database: SQLiteDatabase
    private let repository: ConversationRepository

    init() async throws {
        database = try await migratedDatabase()
        repository = ConversationRepository(database: database)
    }

    /// Rows whose times are few, so that most of them share theirs with others.
    private func insert(_ count: Int, times: Int) async throws {
        try await database.write { session in
            for _ in 0..<count {
                let time = Timestamp(milliseconds: 1_700_000_000_000 + Int64.random(in: 0..<Int64(times))).description
                try session.execute(
                    "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, 'x', ?, ?)",
                    [.text(ConversationID.new(at: Int64.random(in: 0..<1 << 48)).description), .text(time), .text(time)]
                )
            }
        }
    }

    private func pages(of limit: Int) async throws -> [ConversationPage] {
        var pages = [try await repository.page(limit: limit)]
        while let position = pages[pages.count - 1].next { pages.append(try await repository.page(limit: limit, after: position)) }
        return pages
    }

    @Test func `the pages of any size are the whole list, without a row skipped or repeated`() async throws {
        try await insert(60, times: 5)
        let whole = try await repository.page(limit: 1000).conversations
        let expected = whole.sorted { ($0.createdAt.text, $0.id.text) > ($1.createdAt.text, $1.id.text) }
        #expect(whole.count == 60 && whole == expected)
        for limit in 1...61 {
            let pages = try await pages(of: limit)
            #expect(pages.flatMap(\.conversations) == whole)
            #expect(pages.dropLast().allSatisfy { $0.conversations.count == limit })
            #expect(pages.count == max(1, (60 + limit - 1) / limit))
        }
    }

    @Test func `a row that comes or goes while a client pages disturbs no other`() async throws {
        try await insert(30, times: 3)
        let before = Set(try await repository.page(limit: 100).conversations.map(\.id))
        var page = try await repository.page(limit: 7)
        var seen = page.conversations.map(\.id)
        while let position = page.next {
            // The row that the position names may go: the position is a place, not a row.
            try await repository.delete(position.id) { _ in }
            _ = try await repository.create(title: .standard)
            page = try await repository.page(limit: 7, after: position)
            seen += page.conversations.map(\.id)
        }
        #expect(seen.count == Set(seen).count)
        #expect(Set(seen) == before)
    }

    @Test func `an empty list is one empty page`() async throws {
        let page = try await repository.page(limit: 5)
        #expect(page.conversations.isEmpty && page.next == nil)
    }

    @Test func `a page is read from the index, without sorting`() async throws {
        let plan = try await database.query(
            """
            EXPLAIN QUERY PLAN SELECT id, title, created_at, updated_at FROM conversations
            WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?
            """,
            [.text(Timestamp.now().description), .text(ConversationID.new().description), .integer(51)]
        ) { $0.text(3) }
        #expect(plan.contains { $0.contains("conversations_newest_first") })
        #expect(!plan.contains { $0.contains("TEMP B-TREE") })
    }
}
