import Conversations
import Database
import DatabaseTesting
import FoundationEssentials
import HTTP
import HTTPTypes
import Logging
import Testing

@testable import ParleyServer

@Suite struct IdempotencyTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    private func create(_ key: String, _ body: String = #"{"title":"Hello"}"#) async throws -> Response {
        try await server.send(.post, "/conversations", [.idempotencyKey: key], json: body)
    }

    private func count(_ table: String) async throws -> Int {
        try await server.database.query("SELECT count(*) FROM \(table)") { $0.integer(0) }[0]
    }

    /// Moves the time of every key back.
    private func age(_ milliseconds: Timestamp.Milliseconds) async throws {
        let time = Timestamp(milliseconds: Timestamp.millisecondsNow() - milliseconds)
        try await server.database.execute("UPDATE idempotency_keys SET created_at = ?", [.text(time.description)])
    }

    @Test func `a create that is repeated with its key gets the same answer, and creates once`() async throws {
        let (first, second) = (try await create("a"), try await create("a"))
        #expect(first.status.code == 201 && second.status.code == 201)
        #expect(second.body == first.body)
        for name in [HTTPField.Name.eTag, .location, .contentType] { #expect(second.headers[name] == first.headers[name]) }
        #expect(first.headers[.idempotencyReplayed] == nil && second.headers[.idempotencyReplayed] == "true")
        #expect(try await count("conversations") == 1)
    }

    @Test func `the answer stays as it was first sent, whatever has become of the conversation`() async throws {
        let first = try await create("a")
        let path = try #require(first.headers[.location])
        _ = try await server.send(.patch, path, json: #"{"title":"changed"}"#)
        #expect(try await create("a").body == first.body)
        _ = try await server.send(.delete, path)
        let replay = try await create("a")
        #expect(replay.body == first.body && replay.headers[.eTag] == first.headers[.eTag])
        #expect(try await count("conversations") == 0)
    }

    @Test(arguments: [("abc", "\"abc\""), (#""a\"b\\""#, #""a\"b\\""#)])
    func `a key is the same bare and in quotes`(_ one: String, _ other: String) async throws {
        _ = try await create(one)
        #expect(try await create(other).headers[.idempotencyReplayed] == "true")
    }

    @Test func `how the JSON is written makes no difference, and what it says does`() async throws {
        let id = "0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        _ = try await create("a", #"{"id":"\#(id)","title":"x"}"#)
        #expect(try await create("a", #"{ "title" : "\u0078 ", "id":"\#(id.uppercased())" }"#).headers[.idempotencyReplayed] == "true")
        for body in [#"{"id":"\#(id)","title":"y"}"#, #"{"title":"x"}"#, #"{"id":"\#(id)"}"#, "{}"] {
            let response = try await create("a", body)
            #expect(try response.status.code == 422 && response.problem.code == "idempotency-key-reused")
        }
        #expect(try await count("conversations") == 1)
    }

    @Test func `another key, or none, is another create`() async throws {
        _ = try await create("a")
        _ = try await create("A")
        for _ in 0..<2 { _ = try await server.send(.post, "/conversations", json: #"{"title":"Hello"}"#) }
        #expect(try await count("conversations") == 4)
        #expect(try await count("idempotency_keys") == 2)
    }

    @Test func `the key of one token is not that of another`() async throws {
        let directory = try TemporaryDirectory()
        let file = TokenFile(path: directory.file("tokens"))
        let tokens = try ["one", "other"].map { try file.create(name: $0, scope: .write, lifetime: nil) }
        let authenticator = Authenticator(file)
        try authenticator.reload()
        let server = try await TestAPI(authenticator: authenticator)
        var locations: [String?] = []
        for token in tokens + tokens {
            let headers: Headers = [.idempotencyKey: "a", .authorization: "Bearer \(token)"]
            locations.append(try await server.send(.post, "/conversations", headers, json: "{}").headers[.location])
        }
        #expect(Set(locations).count == 2 && locations[0] == locations[2] && locations[1] == locations[3])
    }

    @Test func `what is refused keeps no key, so that it can be corrected`() async throws {
        let id = #"{"id":"0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"}"#
        #expect(try await create("a", #"{"title":""}"#).status.code == 422)
        _ = try await create("b", id)
        #expect(try await create("a", id).problem.code == "id-exists")
        let created = try await create("a")
        #expect(created.status.code == 201 && created.headers[.idempotencyReplayed] == nil)
    }

    @Test(arguments: ["", "a b", "\"a", "a\"", "\"a\"b", "\"\"", #""\x""#, #""a\"#, "é", "\"a\";p=1", String(repeating: "a", count: 256)])
    func `a key that cannot be read is refused`(_ key: String) async throws {
        let response = try await create(key)
        #expect(try response.status.code == 400 && response.problem.code == "invalid-header")
        #expect(try await count("conversations") == 0)
    }

    @Test func `a key has at most 255 characters, and stands in one line`() async throws {
        #expect(try await create(String(repeating: "a", count: 255)).status.code == 201)
        var headers: Headers = [.idempotencyKey: "a"]
        headers.append(.idempotencyKey, "a")
        #expect(try await server.send(.post, "/conversations", headers, json: "{}").problem.code == "invalid-header")
    }

    @Test func `of many creates with one key at the same time one creates, and the others get its answer`() async throws {
        let directory = try TemporaryDirectory()
        let file = SQLiteConfiguration(location: .file(directory.file("test.db")))
        let server = try await TestAPI(database: try await SQLiteDatabase.open(file))
        let answers = try await withThrowingTaskGroup(of: Response.self) { group in
            for _ in 0..<64 { group.addTask { try await server.send(.post, "/conversations", [.idempotencyKey: "a"], json: "{}") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.headers[.idempotencyReplayed] == nil } == 1)
        #expect(Set(answers.map(\.body)).count == 1 && answers.allSatisfy { $0.status.code == 201 })
        let rows = try await server.database.query("SELECT count(*) FROM conversations") { $0.integer(0) }
        #expect(rows == [1])
    }

    // MARK: After a day

    @Test func `after 24 hours a key begins anew`() async throws {
        let first = try await create("a")
        try await age(IdempotencyKey.lifetime - 60_000)
        #expect(try await create("a").body == first.body)
        try await age(IdempotencyKey.lifetime)
        let second = try await create("a", #"{"title":"other"}"#)
        #expect(second.status.code == 201 && second.headers[.idempotencyReplayed] == nil && second.body != first.body)
        #expect(try await create("a", #"{"title":"other"}"#).body == second.body)
    }

    @Test func `keys whose time is over are removed in small steps, and no others`() async throws {
        let repository = ConversationRepository(database: server.database)
        for number in 0..<5 { _ = try await create("\(number)") }
        try await age(IdempotencyKey.lifetime)
        _ = try await create("young")
        var steps: [Int] = []
        repeat { steps.append(try await repository.removeExpiredKeys(limit: 2)) } while steps.last == 2
        #expect(steps == [2, 2, 1])
        let (keys, rows) = (try await count("idempotency_keys"), try await count("conversations"))
        #expect(keys == 1 && rows == 6)
    }

    @Test func `the sweeper removes all of them, and a failure is a line in the log`() async throws {
        let log = try LogFile()
        let repository = ConversationRepository(database: server.database)
        let sweeper = KeySweeper(repository: repository, logger: Logger(sink: log.sink, format: .json, level: LogThreshold(.info)))
        for number in 0..<250 { _ = try await create("\(number)") }
        try await age(IdempotencyKey.lifetime)
        server.database.fail(statementsContaining: "DELETE", with: .secret(.storageFull))
        await sweeper.sweep()
        #expect(try log.lines().count == 1)
        #expect(try await count("idempotency_keys") == 250)
        server.database.fail(statementsContaining: "DELETE", with: nil)
        await sweeper.sweep()
        #expect(try await count("idempotency_keys") == 0)
    }
}
