import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct ConversationRoutesTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    @Test func `POST creates a conversation and says where it is`() async throws {
        let response = try await server.send(.post, "/conversations", json: #"{"title":"  Caf\u00e9 \ud83d\ude00 "}"#)
        let created = try response.decoded(as: ConversationDocument.self)
        #expect(response.status.code == 201)
        #expect(response.headers[.location] == "/conversations/\(created.id)")
        #expect(response.headers[.eTag]?.wholeMatch(of: /"[0-9a-f]{32}"/) != nil)
        #expect(response.headers[.contentType] == "application/json")
        #expect(created.title == "Caf\u{E9} \u{1F600}" && created.createdAt == created.updatedAt)
        #expect(response.body.last == UInt8(ascii: "\n"))
    }

    @Test(arguments: ["", "{}"])
    func `a conversation without a title gets the standard one`(body: String) async throws {
        let response = try await server.send(.post, "/conversations", json: body)
        #expect(try response.decoded(as: ConversationDocument.self).title == "New Conversation")
    }

    @Test func `the client may choose an id, in either case, once`() async throws {
        let body = #"{"id":"0198C0DE-7A3F-7D52-9C1B-3F2A51C0DE99"}"#
        let first = try await server.send(.post, "/conversations", json: body)
        let second = try await server.send(.post, "/conversations", json: body.lowercased())
        #expect(first.headers[.location] == "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99")
        #expect(second.status.code == 409)
        #expect(try second.problem.code == "id-exists")
    }

    @Test func `GET reads what POST wrote, byte for byte, under the same tag`() async throws {
        let created = try await server.send(.post, "/conversations", json: #"{"title":"x"}"#)
        let read = try await server.send(.get, try #require(created.headers[.location]))
        #expect(read.status.code == 200)
        #expect(read.body == created.body)
        #expect(read.headers[.eTag] == created.headers[.eTag])
        #expect(read.headers[.cacheControl] == "private, no-cache" && read.headers[.vary] == "Authorization")
    }

    @Test func `an id in a path is found in either case`() async throws {
        let path = try await server.create().path
        let upper = "/conversations/" + path.dropFirst("/conversations/".count).uppercased()
        #expect(try await server.send(.get, upper).status.code == 200)
    }

    @Test func `PUT creates under an id, and then changes`() async throws {
        let path = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        let created = try await server.send(.put, path, json: #"{"title":"one"}"#)
        let changed = try await server.send(.put, path, json: #"{"title":"two"}"#)
        #expect(created.status.code == 201 && created.headers[.location] == path)
        #expect(changed.status.code == 200 && changed.headers[.location] == nil)
        #expect(try changed.decoded(as: ConversationDocument.self).title == "two")
        #expect(changed.headers[.eTag] != created.headers[.eTag])
    }

    @Test func `PUT takes back what GET gave`() async throws {
        let (_, path, _) = try await server.create()
        let body = try await server.send(.get, path).text
        #expect(try await server.send(.put, path, json: body).status.code == 200)
        let elsewhere = try await server.send(.put, "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99", json: body)
        #expect(try elsewhere.problem.errors?.map(\.pointer) == ["/id"])
    }

    @Test(arguments: ["application/json", "application/merge-patch+json", "Application/JSON; charset=utf-8"])
    func `PATCH changes the title`(type: String) async throws {
        let (before, path, _) = try await server.create()
        let response = try await server.send(.patch, path, [.contentType: type], json: #"{"title":"new"}"#)
        let after = try response.decoded(as: ConversationDocument.self)
        #expect(response.status.code == 200 && after.title == "new" && after.createdAt == before.createdAt)
        #expect(try await server.send(.get, path).headers[.eTag] == response.headers[.eTag])
    }

    @Test func `DELETE removes, once`() async throws {
        let path = try await server.create().path
        let first = try await server.send(.delete, path)
        #expect(first.status.code == 204 && first.body.isEmpty)
        for method in [HTTPRequest.Method.delete, .get] {
            let again = try await server.send(method, path)
            #expect(try again.status.code == 404 && again.problem.code == "not-found")
        }
    }

    @Test func `PATCH of what is not there is not found`() async throws {
        let path = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        #expect(try await server.send(.patch, path, json: #"{"title":"x"}"#).problem.code == "not-found")
    }

    @Test(arguments: [HTTPRequest.Method.get, .put, .patch, .delete], ["7", "0198c0de", "%20", "0198c0de-7a3f-7d52-9c1b-3f2a51c0de9g"])
    func `a path whose id is no UUID is refused by every method`(method: HTTPRequest.Method, id: String) async throws {
        let response = try await server.send(method, "/conversations/\(id)", json: #"{"title":"x"}"#)
        #expect(try response.status.code == 400 && response.problem.code == "invalid-id")
    }
}
