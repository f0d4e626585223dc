import Database
import Testing

@testable import Conversations

@Suite struct ConversationPagingTests {
    private let database: SQLiteDatabase
    private let repository: ConversationRepository

    init() async throws {
        database = try await migratedDatabase()
        repository = ConversationRepository(database: database)
    }

    /// Times and titles of which there are few, so that most rows share theirs with others.
    private static func time() -> String { Timestamp(milliseconds: 1_700_000_000_000 + .random(in: 0..<7)).description }
    private static let titles = ["zebra", "Zebra", "ÄRGER", "ärger", "a%b", "a_b", "axb", "Ωmega ωMEGA", "日本", "𐐀 𐐨", "the last one"]

    private func insert(_ count: Int) async throws {
        try await database.write { session in
            for _ in 0..<count {
                let id = Value.text(ConversationID.new(at: .random(in: 0..<1 << 48)).description)
                let title = Value.text(Self.titles.randomElement() ?? "x")
                let arguments = [id, title, .text(Self.time()), .text(Self.time())]
                try session.execute("INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)", arguments)
            }
        }
    }

    private func everything() async throws -> [Conversation] {
        let rows = try await database.query("SELECT \(Conversation.columns) FROM conversations") { try Conversation(row: $0) }
        return rows
    }

    private func pages(_ query: ConversationQuery) async throws -> [ConversationPage] {
        var (query, pages) = (query, [try await repository.page(query)])
        while let position = pages[pages.count - 1].next {
            query.position = position
            pages.append(try await repository.page(query))
        }
        return pages
    }

    // MARK: Against a model

    /// What a list should be, made with arrays alone.
    private func model(_ all: [Conversation], _ query: ConversationQuery) -> [Conversation] {
        let found = all.filter { conversation in
            let search = query.filter.search.map { $0.lowercased() } ?? ""
            guard search.isEmpty || conversation.title.lowercased().unicodeScalars.contains(search.unicodeScalars) else { return false }
            return query.filter.timeLimits.allSatisfy { limit in
                let time = limit.key == .createdAt ? conversation.createdAt : conversation.updatedAt
                return limit.isStart ? time > limit.time : time < limit.time
            }
        }
        let sorted = found.sorted { left, right in
            let (first, second) = (left.position(in: query.order), right.position(in: query.order))
            if first.key != second.key { return first.key.utf8.lexicographicallyPrecedes(second.key.utf8) }
            return first.id.description < second.id.description
        }
        return query.order.isDescending ? sorted.reversed() : sorted
    }

    private static func randomFilter(_ number: Int) throws -> ConversationFilter {
        var filter = ConversationFilter()
        let ends: [(ConversationOrder.Key, Bool)] = [(.createdAt, true), (.createdAt, false), (.updatedAt, true), (.updatedAt, false)]
        for (index, (key, isStart)) in ends.enumerated() where number >> index & 1 == 1 {
            let milliseconds = 1_700_000_000_000 + Timestamp.Milliseconds.random(in: isStart ? -1...2 : 4...7)
            filter.timeLimits.append(.init(key, isStart: isStart, Timestamp(milliseconds: milliseconds)))
        }
        if number >> 4 == 1 { filter.search = ["ZEBRA", "Ä", "%", "_", "a", "ΩMEGA", "本", "𐐨", "nowhere"].randomElement() }
        return filter
    }

    @Test(arguments: ConversationOrder.all)
    func `every filter in every order gives what a model gives, on pages of any size`(_ order: ConversationOrder) async throws {
        try await insert(2_000)
        let all = try await everything()
        for number in 0..<32 {
            var query = ConversationQuery(limit: [37, 100, 200, 1_999, 2_000, 2_001].randomElement() ?? 1)
            query.order = order
            query.filter = try Self.randomFilter(number)
            query.isCounted = Bool.random()
            let (expected, pages) = (model(all, query), try await pages(query))
            #expect(pages.flatMap(\.conversations) == expected, "\(query)")
            #expect(pages.dropLast().allSatisfy { $0.conversations.count == query.limit })
            #expect(pages.allSatisfy { $0.total == (query.isCounted ? expected.count : nil) })
        }
    }

    @Test(arguments: ConversationOrder.all)
    func `the pages of any size are the whole list, without a row skipped or repeated`(_ order: ConversationOrder) async throws {
        try await insert(40)
        let all = try await everything()
        for limit in 1...41 {
            var query = ConversationQuery(limit: limit)
            query.order = order
            let pages = try await pages(query)
            #expect(pages.flatMap(\.conversations) == model(all, query))
            #expect(pages.count == max(1, (40 + limit - 1) / limit))
        }
    }

    @Test(arguments: ConversationOrder.all)
    func `rows that come and go while a client pages disturb no other`(_ order: ConversationOrder) async throws {
        try await insert(60)
        let before = Set(try await everything().map(\.id))
        var query = ConversationQuery(limit: 7)
        query.order = order
        var page = try await repository.page(query)
        var seen = page.conversations.map(\.id)
        while let position = page.next {
            // The row that the position names may go: the position is a place, not a row.
            try await repository.delete(position.id) { _ in }
            try await insert(1)
            query.position = position
            page = try await repository.page(query)
            seen += page.conversations.map(\.id)
        }
        #expect(seen.count == Set(seen).count)
        #expect(before.isSubset(of: seen))
    }

    @Test func `an empty list is one empty page`() async throws {
        let page = try await repository.page(ConversationQuery(limit: 5))
        #expect(page.conversations.isEmpty && page.next == nil && page.total == nil)
    }

    // MARK: Plans

    @Test func `what does not scan is one stretch of an index, read without sorting`() async throws {
        let position = ConversationPage.Position(key: Self.time(), id: .new())
        for order in ConversationOrder.all where order.key != .title {
            for number in 0..<4 {
                var query = ConversationQuery(limit: 50)
                query.order = order
                query.filter = try Self.randomFilter(order.key == .createdAt ? number : number << 2)
                query.position = [nil, position].randomElement() ?? nil
                #expect(!query.mayScan)
                let statement = query.pageStatement
                let plan = try await database.query("EXPLAIN QUERY PLAN " + statement.sql, statement.arguments) { $0.text(3) }
                #expect(plan.count == 1 && plan[0].contains("USING INDEX conversations_"), "\(statement.sql): \(plan)")
            }
        }
    }

    @Test(arguments: [true, false])
    func `a page begins where the one before has ended, also within limits`(isDescending: Bool) async throws {
        var query = ConversationQuery(limit: 50)
        query.order = ConversationOrder(.createdAt, isDescending: isDescending)
        let far = Timestamp(milliseconds: isDescending ? 4_000_000_000_000 : 0)
        query.filter.timeLimits = [.init(.createdAt, isStart: !isDescending, far)]
        query.position = ConversationPage.Position(key: Self.time(), id: .new())
        let statement = query.pageStatement
        let plan = try await database.query("EXPLAIN QUERY PLAN " + statement.sql, statement.arguments) { $0.text(3) }
        #expect(plan.count == 1 && plan[0].contains("(created_at,id)"), "\(plan)")
    }
}
