import HTTP
import HTTPTypes
import Testing

@Suite struct RouterTests {
    private let router = Router([
        Route(.get, "/") { _, _ in .text("root") },
        Route(.get, "/conversations") { _, _ in .text("list") },
        Route(.post, "/conversations") { _, _ in .text("create") },
        Route(.get, "/conversations/search") { _, _ in .text("search") },
        Route(.get, "/conversations/{id}") { _, parameters in .text("one \(parameters["id"])") },
        Route(.delete, "/conversations/{id}") { _, parameters in .text("delete \(parameters["id"])") },
        Route(.get, "/{kind}/search/{term}") { _, parameters in .text("\(parameters["kind"]) \(parameters["term"])") },
    ])

    private func outcome(_ method: HTTPRequest.Method, _ target: String) async throws -> String {
        let request = try Request(method, target)
        switch router.match(request) {
        case .handler(let route, let parameters):
            return String(decoding: try await route.handler(request, parameters).body, as: UTF8.self)
        case .options(let allow, let pattern): return "options \(pattern): \(allow.allowValue)"
        case .refused(let refusal, let pattern): return "\(refusal.status.code) \(pattern ?? "-")"
        }
    }

    @Test(arguments: [
        ("/", "root"), ("/conversations", "list"), ("/conversations?limit=5", "list"), ("/conversations/7", "one 7"),
        ("/conversations/a%2Fb", "one a/b"), ("/conversations/caf%C3%A9", "one café"), ("/conversations/a+b", "one a+b"),
        ("/conversation%73", "list"),
    ])
    func `a path finds its route and its parameters are decoded`(target: String, expected: String) async throws {
        #expect(try await outcome(.get, target) == expected)
    }

    @Test func `a literal segment beats a parameter`() async throws {
        #expect(try await outcome(.get, "/conversations/search") == "search")
        #expect(try await outcome(.delete, "/conversations/search") == "405 /conversations/search")
    }

    @Test func `a literal that leads nowhere gives way to a parameter`() async throws {
        #expect(try await outcome(.get, "/conversations/search/x") == "conversations x")
        #expect(try await outcome(.get, "/anything/search/x") == "anything x")
    }

    @Test(arguments: ["/nothing", "/conversations/", "/conversations//", "//", "/conversations/1/2", "/Conversations", "/conversations/7/"])
    func `a path without a route is not found`(target: String) async throws {
        #expect(try await outcome(.get, target) == "404 -")
    }

    @Test func `a method a path does not take is refused with those it does`() async throws {
        let request = try Request(.put, "/conversations/7")
        guard case .refused(let refusal, let pattern) = router.match(request) else { return #expect(Bool(false)) }
        #expect(refusal == .methodNotAllowed(allow: [.get, .delete, .head, .options]))
        #expect(pattern == "/conversations/{id}")
        #expect(Response(refusal).headers[.allow] == "GET, DELETE, HEAD, OPTIONS")
    }

    @Test func `HEAD falls to GET and OPTIONS names the methods`() async throws {
        #expect(try await outcome(.head, "/conversations/7") == "one 7")
        #expect(try await outcome(.options, "/conversations") == "options /conversations: GET, POST, HEAD, OPTIONS")
        #expect(try await outcome(.options, "/nothing") == "404 -")
    }

    @Test(arguments: ["/conversations/%00", "/conversations/a%0d%0ab", "/conversations/%FF", "/conversations/%4", "/%zz"])
    func `a segment that does not decode to clean text is malformed`(target: String) async throws {
        #expect(try await outcome(.get, target) == "400 -")
    }

    @Test func `the routes are listed as given`() {
        #expect(router.routes.map(\.pattern).count == 7)
        #expect(router.routes[5].method == .delete)
    }
}
