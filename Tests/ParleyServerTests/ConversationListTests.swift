import Conversations
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
        "?limit=%zz", "?limit=%00", "?limit=%FF", "?Limit=5", "?offset=5", "?q=x", "?sort=title", "?=", "?%20=1", "?limit=5&x",
        "?limit=%EF%BC%95",
        "?limit=+5",
    ])
    func `a parameter that is unknown, repeated or out of range is refused`(query: String) async throws {
        let response = try await list(query)
        #expect(try response.status.code == 400 && response.problem.code == "invalid-query", "\(response.text)")
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

    @Test func `a cursor of another order or another version is refused`() throws {
        let place = "\(Timestamp.now()) \(ConversationID.new())"
        for text in ["1 created_at \(place)", "1 title \(place)", "2 -created_at \(place)", "1 -created_at \(place) x", "1 -created_at "] {
            #expect(throws: Problem.self) { try PageCursor.decode(base64(text)) }
        }
        #expect(throws: Never.self) { try PageCursor.decode(base64("1 -created_at \(place)")) }
    }

    @Test func `a cursor comes back as the place it was made of`() throws {
        for _ in 0..<200 {
            let time = Timestamp(milliseconds: .random(in: 0...4_000_000_000_000))
            let position = ConversationPage.Position(createdAt: time, id: .new())
            #expect(try PageCursor.decode(PageCursor.encode(position)) == position)
        }
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
