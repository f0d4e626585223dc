import Conversations
import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct ConversationListTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    private func list(_ query: String = "") async throws -> Response {
        try await server.send(.get, "/conversations" + query)
    }

    @Test func `an empty list is an empty page`() async throws {
        let response = try await list()
        #expect(response.text == "{\"data\":[],\"has_more\":false,\"next_cursor\":null}\n")
        #expect(response.headers[.link] == nil)
    }

    @Test func `following next_cursor, or Link, gives every conversation once, newest first`() async throws {
        var created: [ConversationDocument] = []
        for number in 0..<23 { created.append(try await server.create("\(number)").conversation) }
        let expected = created.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
        var target: String? = "/conversations?limit=5"
        var seen: [ConversationDocument] = []
        while let next = target {
            let response = try await server.send(.get, next)
            let page = try response.decoded(as: PageDocument.self)
            seen += page.data
            #expect(page.hasMore == (page.nextCursor != nil))
            target = page.nextCursor.map { "/conversations?limit=5&cursor=\($0)" }
            #expect(response.headers[.link] == target.map { "<\($0)>; rel=\"next\"" })
        }
        #expect(seen == expected)
    }

    @Test func `a page has fifty unless said, and at most two hundred`() async throws {
        for _ in 0..<205 { _ = try await server.send(.post, "/conversations") }
        #expect(try await list().decoded(as: PageDocument.self).data.count == 50)
        #expect(try await list("?limit=200").decoded(as: PageDocument.self).data.count == 200)
        #expect(try await list("?limit=1").decoded(as: PageDocument.self).data.count == 1)
    }

    @Test(arguments: [
        "?limit=0", "?limit=201", "?limit=-1", "?limit=", "?limit", "?limit=5x", "?limit=5.0", "?limit=99999999999999999999",
        "?limit=1&limit=1",
        "?limit=%zz", "?limit=%00", "?limit=%FF", "?Limit=5", "?offset=5", "?q=", "?q", "?sort=", "?sort=size", "?sort=--title",
        "?sort=title&sort=title", "?count=1", "?count=", "?created_after=", "?created_after=yesterday", "?updated_before=2026-11-21",
        "?created_before=2026-02-30T00:00:00Z", "?=", "?%20=1", "?limit=5&x",
        "?limit=%EF%BC%95",
        "?limit=+5",
    ])
    func `a parameter that is unknown, repeated or out of range is refused`(query: String) async throws {
        let response = try await list(query)
        #expect(try response.status.code == 400 && response.problem.code == "invalid-query", "\(response.text)")
    }

    @Test func `an unknown parameter is named, with the one that was meant or all that there are`() async throws {
        #expect(
            try await list("?creatd_after=x").problem.detail.hasSuffix("\"creatd_after\" is not known here; did you mean created_after?")
        )
        #expect(try await list("?offset=5").problem.detail.contains("these are: limit, cursor, sort, q, "))
    }

    @Test(arguments: ["?limit=5", "?limit=%35", "?&", "?limit=1&", "?"])
    func `a parameter is decoded and empty parts are nothing`(query: String) async throws {
        #expect(try await list(query).status.code == 200)
    }

    @Test(arguments: [
        "", "x", "!!!!", "AAAA", "MSAtY3JlYXRlZF9hdCA", "%00", "..", "MSAtdGl0bGUgMjAyNi0xMS0yMVQwNzo1ODowNS4xMjNaIDAxOThjMGRl", "e30",
        String(repeating: "A", count: 20_000),
    ])
    func `a cursor that the server has not given out is refused`(cursor: String) async throws {
        let response = try await list("?cursor=\(cursor)")
        #expect(response.status.code == 400)
        #expect(["invalid-cursor", "invalid-query"].contains(try response.problem.code))
    }

    @Test func `a cursor of which any byte is another is refused, or is one that could have been given out`() async throws {
        for number in 0..<3 { _ = try await server.create("\(number)") }
        let cursor = try #require(try await list("?limit=1").decoded(as: PageDocument.self).nextCursor)
        #expect(cursor.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil)
        for index in cursor.indices {
            let tampered = cursor.replacingCharacters(in: index, with: cursor[index] == "A" ? "B" : "A")
            let response = try await list("?cursor=\(tampered)")
            #expect(response.status.code == 200 || response.status.code == 400)
            if response.status.code == 400 { #expect(try response.problem.code == "invalid-cursor") }
        }
    }

    @Test func `a cursor of another version, or with another content, is refused`() throws {
        let (time, id) = (Timestamp.now(), ConversationID.new())
        for text in [
            "1 -created_at - \(id) \(time)", "3 -created_at - \(id) \(time)", "2 size - \(id) \(time)", "2 -created_at - \(id) x",
            "2 -created_at - x \(time)", "2 -created_at - \(id)", "2 title - \(id) ", "",
        ] {
            #expect(throws: Problem.self) { try PageCursor.decode(base64(text), for: ConversationQuery(limit: 1)) }
        }
        #expect(throws: Never.self) { try PageCursor.decode(base64("2 -created_at - \(id) \(time)"), for: ConversationQuery(limit: 1)) }
    }

    @Test(arguments: ConversationOrder.all)
    func `a cursor comes back as the place it was made of`(order: ConversationOrder) throws {
        var query = ConversationQuery(limit: 1)
        query.order = order
        query.filter.search = "\u{1F600}"
        for _ in 0..<100 {
            let time = Timestamp(milliseconds: .random(in: 0...4_000_000_000_000))
            let key = order.key == .title ? "x " + String.random() : time.description
            let position = ConversationPage.Position(key: key, id: .new())
            let cursor = PageCursor.encode(position, in: query)
            #expect(try PageCursor.decode(cursor, for: query) == position)
            #expect(cursor.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil)
        }
    }

    // MARK: Sorts and filters

    private func titles(_ query: String) async throws -> [String] {
        try await list(query).decoded(as: PageDocument.self).data.map(\.title)
    }

    @Test func `a search finds titles that have the text in them, in any case, and takes % and _ for what they are`() async throws {
        for title in ["Lisbon 100%", "LISBON_2", "Lisbon 2", "\u{C9}cole", "other"] { _ = try await server.create(title) }
        #expect(try await titles("?q=lisbon&sort=title") == ["LISBON_2", "Lisbon 100%", "Lisbon 2"])
        #expect(try await titles("?q=%25") == ["Lisbon 100%"])
        #expect(try await titles("?q=_") == ["LISBON_2"])
        #expect(try await titles("?q=%C3%A9COL") == ["\u{C9}cole"])
        #expect(try await titles("?q=nowhere") == [])
    }

    @Test func `times filter to the millisecond, and both ends are left out`() async throws {
        let (created, _, _) = try await server.create("x")
        let time = created.createdAt
        let earlier = time.replacing("Z", with: "0001-00:00"), plus = time.replacing("Z", with: "%2B00:00")
        #expect(try await titles("?created_after=\(time)") == [])
        #expect(try await titles("?created_before=\(time)") == [])
        #expect(try await titles("?created_before=\(earlier)") == ["x"])
        #expect(try await titles("?created_after=\(earlier)") == [])
        #expect(try await titles("?updated_before=\(plus)") == [])
        #expect(try await titles("?updated_after=2020-01-01T00:00:00Z&created_before=2999-01-01T00:00:00Z") == ["x"])
    }

    @Test func `a plus that a query has made a space of is told`() async throws {
        let problem = try await list("?created_after=2026-11-21T08:00:00+01:00").problem
        #expect(problem.code == "invalid-query" && problem.detail.contains("%2B"))
    }

    @Test func `total counts what the filter lets through, on every page`() async throws {
        for number in 0..<5 { _ = try await server.create("match \(number)") }
        _ = try await server.create("other")
        let first = try await list("?q=MATCH&count=exact&limit=2").decoded(as: PageDocument.self)
        let second = try await list("?q=MATCH&count=exact&limit=2&cursor=\(first.nextCursor ?? "")").decoded(as: PageDocument.self)
        #expect(first.total == 5 && second.total == 5)
        #expect(try await list("?count=exact").decoded(as: PageDocument.self).total == 6)
        #expect(try await !list().text.contains("total"))
    }

    @Test func `Link keeps every parameter, encoded, and leads through the list`() async throws {
        for number in 0..<7 { _ = try await server.create("a&b=\(number) \u{E9}>") }
        var target: String? = "/conversations?sort=-title&q=A%26b%3d&count=exact&created_after=2020-01-01T01:00:00%2b01:00&limit=3"
        var seen: [String] = []
        while let next = target {
            let response = try await server.send(.get, next)
            #expect(response.status.code == 200, "\(response.text)")
            seen += try response.decoded(as: PageDocument.self).data.map(\.title)
            let link = response.headers[.link]
            target = link.flatMap { $0.wholeMatch(of: /<([^<>"\s]+)>; rel="next"/) }.map { String($0.output.1) }
            #expect((link == nil) == (target == nil), "\(link ?? "")")
        }
        #expect(seen == (0..<7).reversed().map { "a&b=\($0) \u{E9}>" })
    }

    @Test func `a cursor belongs to its sort and filters, and to no limit`() async throws {
        for number in 0..<3 { _ = try await server.create("\(number) x") }
        let cursor = try #require(try await list("?sort=title&q=x&limit=1").decoded(as: PageDocument.self).nextCursor)
        #expect(try await titles("?q=x&sort=title&limit=2&cursor=\(cursor)") == ["1 x", "2 x"])
        for query in [
            "", "&sort=title", "&q=x", "&sort=-title&q=x", "&sort=title&q=y", "&sort=title&q=x&created_after=2020-01-01T00:00:00Z",
        ] {
            #expect(try await list("?limit=1\(query)&cursor=\(cursor)").problem.code == "invalid-cursor")
        }
    }

    @Test func `a search that takes too long is told so`() async throws {
        server.database.fail(statementsContaining: "contains_folded", with: .secret(.timedOut))
        let response = try await list("?q=x")
        #expect(try response.status.code == 503 && response.problem.code == "timeout")
        #expect(response.headers[.retryAfter] != nil && !response.text.contains("secret"))
    }

    @Test func `a title of 255 characters can be the place where a page begins`() async throws {
        for number in 0..<3 { _ = try await server.create(String(repeating: "\u{1F600}", count: 254) + "\(number)") }
        let first = try await list("?sort=title&limit=1").decoded(as: PageDocument.self)
        let second = try await list("?sort=title&limit=2&cursor=\(try #require(first.nextCursor))").decoded(as: PageDocument.self)
        #expect((first.data + second.data).compactMap(\.title.last) == ["0", "1", "2"])
    }
}

private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let bits = text.utf8.flatMap { byte in (0..<8).reversed().map { byte >> $0 & 1 } }
    return stride(from: 0, to: bits.count, by: 6).map { start in
        let value = (0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }
        return String(alphabet[value])
    }.joined()
}

extension String {
    fileprivate func replacingCharacters(in index: Index, with character: Character) -> String {
        String(self[..<index]) + String(character) + String(self[self.index(after: index)...])
    }
}
