import Database
import DatabaseTesting
import HTTP
import HTTPTypes

@testable import ParleyServer

/// Asks for every answer that `openapi.yaml` documents.
struct OpenAPIWalk {
    /// What is reached by another test, and why it cannot be reached here.
    static let elsewhere: [String: String] = [:]

    private var servers: [TestAPI]
    private var serving: TestAPI { servers[0] }
    private var starting: TestAPI { servers[1] }
    private var broken: TestAPI { servers[2] }
    private var full: TestAPI { servers[3] }
    private var held: TestAPI { servers[4] }
    private var strict: TestAPI { servers[5] }
    private var guarded: TestAPI { servers[6] }
    /// A token that reads, on the guarded server.
    private let reader: Headers

    init() async throws {
        servers = [
            try await TestAPI(), try await TestAPI(isServing: false), try await TestAPI().failing(.invalidStatement),
            try await TestAPI().failing(.storageFull), try await TestAPI(isServing: false).booting([.failed]),
            try await TestAPI(requiresIfMatch: true),
        ]
        let (authenticator, token) = try Authenticator.withReader()
        servers.append(try await TestAPI(authenticator: authenticator))
        reader = [.authorization: "Bearer \(token)"]
    }

    var answers: Set<String> { servers.reduce(into: []) { $0.formUnion($1.contract.answers) } }

    func run() async throws {
        try await refuse()
        try await askForTokens()
        try await conversations()
        try await conversation()
        try await transfer()
        try await read(["/migrations", "/migrations/001"])
        try await read(["/livez", "/healthz", "/startupz", "/readyz", "/health", "/metrics", "/openapi.yaml", "/openapi.json", "/docs"])
        try await read(["/problems", "/problems/busy", "/problems/none"])
        _ = try await serving.send(.get, "/migrations/999")
        try await read(["/livez/ping", "/startupz/startup", "/readyz/disk"])
        for path in ["/livez/x", "/startupz/x", "/readyz/x"] { _ = try await serving.send(.get, path) }
        for path in ["/startupz", "/startupz/startup", "/readyz", "/readyz/migrations", "/health"] { _ = try await held.send(.get, path) }
    }

    /// What the HTTP server refuses by itself, on every path.
    private func refuse() async throws {
        let refusals: [Refusal] = [
            .malformed("x"), .contentTooLarge(limit: 1), .targetTooLong(limit: 1), .headTooLarge(limit: 1), .expectationFailed,
            .unsupportedTransferCoding, .draining,
        ]
        for operation in try OpenAPIContract.document().operations {
            guard let method = HTTPRequest.Method(operation.method) else { continue }
            let request = try Request(method, operation.path.replacing(/\{.*\}/) { _ in "x" })
            for refusal in refusals { _ = try serving.refuse(refusal, request) }
        }
    }

    /// What strangers are answered, and those whose scope is too small.
    private func askForTokens() async throws {
        for operation in try OpenAPIContract.document().operations {
            guard let method = HTTPRequest.Method(operation.method) else { continue }
            let path = operation.path.replacing(/\{.*\}/) { _ in "x" }
            for headers in [[.authorization: "Bearer x"], reader] { _ = try await guarded.send(method, path, headers) }
        }
    }

    private func read(_ targets: [String]) async throws {
        for target in targets {
            let tag = try await serving.send(.get, target).headers[.eTag] ?? "\"x\""
            _ = try await serving.send(.get, target, [.ifNoneMatch: tag])
            _ = try await serving.send(.get, target, [.ifMatch: "\"x\""])
            _ = try await serving.send(.get, target, [.ifMatch: "x"])
            _ = try await serving.send(.get, target, [.accept: "image/png"])
        }
    }

    private func conversations() async throws {
        let (path, id) = ("/conversations", "0198c0de-7a3f-7d52-9c1b-3f2a51c0de99")
        for _ in 0...1 { _ = try await serving.send(.post, path, json: #"{"id":"\#(id)"}"#) }
        for target in [path, "\(path)?limit=0"] { _ = try await serving.send(.get, target) }
        _ = try await serving.send(.get, path, [.accept: "text/html"])
        for body in ["{", "[]"] { _ = try await serving.send(.post, path, json: body) }
        _ = try await serving.send(.post, path, [.contentType: "text/plain"], json: "{}")
        for body in ["{}", "{}", #"{"title":"x"}"#] { _ = try await serving.send(.post, path, [.idempotencyKey: "k"], json: body) }
        for server in [starting, broken, full] {
            _ = try await server.send(.get, path)
            _ = try await server.send(.post, path)
        }
    }

    private func transfer() async throws {
        let (export, importing) = ("/conversations/export", "/conversations/import")
        for target in [export, "\(export)?limit=1"] { _ = try await serving.send(.get, target) }
        _ = try await serving.send(.get, export, [.accept: "text/html"])
        for target in [importing, "\(importing)?atomic=true", "\(importing)?atomic=x"] { _ = try await serving.importing("{", to: target) }
        _ = try await serving.send(.post, importing, [.contentType: "application/x-ndjson", .accept: "text/html"])
        _ = try await serving.send(.post, importing, [.contentType: "text/plain"])
        for server in [starting, broken, full] {
            _ = try await server.send(.get, export)
            _ = try await server.importing("{}", to: importing)
        }
    }

    private func conversation() async throws {
        let (path, title) = ("/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de90", #"{"title":"x"}"#)
        for method in [HTTPRequest.Method.get, .patch, .delete] { _ = try await serving.send(method, path, json: title) }
        for _ in 0...1 { _ = try await serving.send(.put, path, json: title) }
        try await read([path])
        for method in [HTTPRequest.Method.put, .put, .patch, .delete] { _ = try await strict.send(method, path, json: title) }
        for method in [HTTPRequest.Method.put, .patch, .delete] {
            _ = try await serving.send(method, path, [.ifMatch: "\"x\""], json: title)
            _ = try await serving.send(method, "/conversations/x", json: title)
            _ = try await serving.send(method, path, [.contentType: "text/plain"], json: title)
            _ = try await serving.send(method, path, json: "[]")
        }
        for server in [starting, broken, full] {
            for method in [HTTPRequest.Method.get, .put, .patch, .delete] { _ = try await server.send(method, path, json: title) }
        }
        for method in [HTTPRequest.Method.put, .patch, .delete] { _ = try await serving.send(method, path, json: title) }
    }
}
