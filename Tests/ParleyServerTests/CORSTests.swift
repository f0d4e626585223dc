import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct CORSTests {
    private static let origin = "https://app.example.org"
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI(cors: CORS(origins: [Self.origin, "http://localhost:3000"]))
    }

    /// Not held to openapi.yaml, which tells of these headers once for all answers.
    private func send(_ method: HTTPRequest.Method, _ target: String, _ headers: Headers) async throws -> Response {
        await server.api.respond(to: try Request(method, target, headers: headers))
    }

    @Test(arguments: ["/conversations", "/nothing", "/conversations/7", "/livez"])
    func `an origin that is named may read every answer, errors too`(target: String) async throws {
        let response = try await send(.get, target, [.origin: Self.origin])
        #expect(response.headers[.accessControlAllowOrigin] == Self.origin)
        #expect(response.headers.values(.vary).contains("Origin"))
        for name in ["ETag", "Location", "Link", "Retry-After", "X-Request-Id", "Idempotency-Replayed"] {
            #expect(response.headers[.accessControlExposeHeaders]?.contains(name) == true)
        }
        #expect(response.headers[.accessControlAllowCredentials] == nil)
    }

    @Test(arguments: [
        "https://app.example.org.evil.example", "https://evil.example", "http://app.example.org", "https://app.example.org:444", "null",
        "*",
        "https://APP.example.org", "https://app.example.org/",
    ])
    func `any other origin may not`(origin: String) async throws {
        let response = try await send(.get, "/conversations", [.origin: origin])
        #expect(response.status.code == 200 && response.headers[.accessControlAllowOrigin] == nil)
        #expect(response.headers.values(.vary).contains("Origin"), "a cache may have the answer for another origin")
        let preflight = try await send(.options, "/conversations", [.origin: origin, .accessControlRequestMethod: "POST"])
        #expect(preflight.headers[.accessControlAllowOrigin] == nil && preflight.headers[.accessControlAllowMethods] == nil)
    }

    @Test func `a preflight is told the methods and headers`() async throws {
        let response = try await send(
            .options,
            "/conversations/7",
            [.origin: Self.origin, .accessControlRequestMethod: "PATCH", .accessControlRequestHeaders: "authorization,if-match"]
        )
        #expect(response.status.code == 204 && response.headers[.accessControlAllowOrigin] == Self.origin)
        #expect(response.headers[.accessControlAllowMethods] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS")
        #expect(response.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
        #expect(response.headers[.accessControlMaxAge] == "600")
    }

    @Test func `OPTIONS without a method to ask for is no preflight`() async throws {
        let response = try await send(.options, "/conversations", [.origin: Self.origin])
        #expect(response.headers[.accessControlAllowMethods] == nil && response.headers[.allow] != nil)
    }

    @Test func `without origins there is nothing of it`() async throws {
        let response = try await TestAPI().send(.get, "/conversations", [.origin: Self.origin])
        #expect(response.headers[.accessControlAllowOrigin] == nil && !response.headers.values(.vary).contains("Origin"))
    }

    @Test(arguments: [
        ("https://a.example", ["https://a.example"]),
        ("http://localhost:3000, https://b.example", ["http://localhost:3000", "https://b.example"]),
        ("http://[::1]:8080", ["http://[::1]:8080"]),
    ])
    func `origins are a list`(text: String, origins: [String]) {
        #expect(CORS.origins(text) == origins)
    }

    @Test(arguments: [
        "", "*", "null", "example.org", "https://a.example/", "https://a.example/path", "HTTPS://a.example", "https://A.example",
        "https://*.example", "ftp://a.example", "https://a.example:443", "http://a.example:80", "https://a.example:0",
        "https://a.example:70000",
        "https://a.example,", "https://u@a.example", "https://a.example?x",
    ])
    func `what no browser sends as an origin is refused`(text: String) {
        #expect(CORS.origins(text) == nil)
    }
}
