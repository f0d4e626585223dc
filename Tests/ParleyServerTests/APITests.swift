import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct APITests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    @Test(arguments: ["/conversations", "/migrations", "/livez", "/openapi.yaml", "/problems/not-found", "/nothing", "/conversations/7"])
    func `every answer has a request id and forbids sniffing`(target: String) async throws {
        for method in [HTTPRequest.Method.get, .options, .trace] {
            let response = try await server.send(method, target)
            #expect(response.headers[.requestID]?.isEmpty == false)
            #expect(response.headers[.contentTypeOptions] == "nosniff")
        }
    }

    @Test(arguments: ["a", "0198c0de-7a3f.7_x", String(repeating: "x", count: 128)])
    func `a plain request id of the client is kept`(id: String) async throws {
        let response = try await server.send(.get, "/nothing", [.requestID: id])
        #expect(response.headers.values(.requestID) == [id])
        #expect(try response.problem.requestId == id)
    }

    @Test(arguments: ["", " ", "a b", "a\"b", "a/b", "\u{E9}", "a\u{1B}", String(repeating: "x", count: 129), "a,b", "%41"])
    func `any other is replaced by one of ours`(id: String) async throws {
        let response = try await server.send(.get, "/nothing", [.requestID: id])
        #expect(response.headers[.requestID]?.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]+/) != nil)
        #expect(try response.problem.requestId == response.headers[.requestID])
    }

    @Test func `ids of ours are all different`() async throws {
        var ids: Set<String> = []
        for _ in 0..<200 { ids.insert(try #require(try await server.send(.get, "/livez").headers[.requestID])) }
        #expect(ids.count == 200)
    }

    @Test func `a path that is unknown is not found, whatever the method`() async throws {
        for target in ["/", "/conversation", "/conversations/", "/conversations/1/2", "/Conversations", "/livez/", "//conversations"] {
            for method in [HTTPRequest.Method.get, .post, .options, .head, HTTPRequest.Method("BREW")] {
                let response = try await server.send(try #require(method), target)
                #expect(try response.status.code == 404 && response.problem.code == "not-found", "\(target)")
            }
        }
    }

    private static let allowed = [
        "/conversations": "GET, POST, HEAD, OPTIONS", "/conversations/7": "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
        "/migrations": "GET, HEAD, OPTIONS", "/migrations/001": "GET, HEAD, OPTIONS", "/livez": "GET, HEAD, OPTIONS",
        "/healthz": "GET, HEAD, OPTIONS", "/startupz": "GET, HEAD, OPTIONS", "/readyz": "GET, HEAD, OPTIONS",
        "/health": "GET, HEAD, OPTIONS",
        "/openapi.yaml": "GET, HEAD, OPTIONS", "/openapi.json": "GET, HEAD, OPTIONS", "/docs": "GET, HEAD, OPTIONS",
        "/problems": "GET, HEAD, OPTIONS", "/problems/busy": "GET, HEAD, OPTIONS",
    ]

    @Test(arguments: allowed.keys.sorted())
    func `OPTIONS tells the methods, and any other is refused with them`(target: String) async throws {
        let allow = try #require(Self.allowed[target])
        let options = try await server.send(.options, target)
        #expect(options.status.code == 204 && options.headers[.allow] == allow && options.body.isEmpty)
        for method in [HTTPRequest.Method.post, .put, .patch, .delete, .trace, .connect] where !allow.contains(method.rawValue) {
            let response = try await server.send(method, target)
            #expect(try response.status.code == 405 && response.problem.code == "method-not-allowed")
            #expect(response.headers[.allow] == allow)
        }
    }

    @Test(arguments: allowed.keys.sorted())
    func `HEAD has the status and the headers of GET`(target: String) async throws {
        let get = try await server.send(.get, target)
        let head = try await server.send(.head, target)
        #expect(head.status == get.status)
        #expect(head.headers.fields.map(\.name) == get.headers.fields.map(\.name))
    }

    @Test func `the OpenAPI document is served`() async throws {
        let response = try await server.send(.get, "/openapi.yaml")
        #expect(response.status.code == 200 && response.headers[.contentType] == "application/yaml")
        #expect(response.text.hasPrefix("openapi: 3.1"))
    }

    @Test(arguments: ["/conversations/%zz", "/conversations/%00", "/problems/%FF", "/migrations/%0d%0a"])
    func `a path that cannot be decoded is an invalid request`(target: String) async throws {
        let response = try await server.send(.get, target)
        #expect(try response.status.code == 400 && response.problem.code == "invalid-request")
        #expect(response.closesConnection)
    }
}
