import Conversations
import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct ProblemTests {
    /// An answer with a code, from the whole API. The switch has to be exhaustive: no code without a test.
    private func provoke(_ code: ProblemCode) async throws -> Response {
        let server = try await TestAPI(isServing: ![.starting, .migrating, .migrationFailed, .schemaAhead, .draining].contains(code))
        let path = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        switch code {
        case .invalidJSON: return try await server.send(.post, "/conversations", json: "{")
        case .invalidQuery: return try await server.send(.get, "/conversations?x=1")
        case .invalidCursor: return try await server.send(.get, "/conversations?cursor=x")
        case .invalidID: return try await server.send(.get, "/conversations/7")
        case .invalidHeader: return try await server.send(.get, "/migrations", [.ifMatch: "x"])
        case .invalidRequest: return try await server.send(.get, "/conversations/%zz")
        case .unauthorized: return try await TestAPI(authenticator: Authenticator(TokenFile(path: "/nowhere"))).send(.get, path)
        case .insufficientScope:
            let (authenticator, token) = try Authenticator.withReader()
            return try await TestAPI(authenticator: authenticator).send(.delete, path, [.authorization: "Bearer \(token)"])
        case .foreignPage: return try await server.send(.delete, path, [.origin: "https://evil.example"])
        case .notFound: return try await server.send(.get, path)
        case .methodNotAllowed: return try await server.send(.put, "/conversations")
        case .notAcceptable: return try await server.send(.get, "/conversations", [.accept: "text/html"])
        case .idExists:
            _ = try await server.send(.put, path, json: #"{"title":"x"}"#)
            return try await server.send(.post, "/conversations", json: #"{"id":"0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"}"#)
        case .preconditionFailed: return try await server.send(.put, path, [.ifMatch: "*"], json: #"{"title":"x"}"#)
        case .unsupportedMediaType: return try await server.send(.post, "/conversations", [.contentType: "text/plain"], json: "{}")
        case .validationFailed: return try await server.send(.post, "/conversations", json: "[]")
        case .idempotencyKeyReused:
            _ = try await server.send(.post, "/conversations", [.idempotencyKey: "k"], json: "{}")
            return try await server.send(.post, "/conversations", [.idempotencyKey: "k"], json: #"{"title":"x"}"#)
        case .preconditionRequired:
            let strict = try await TestAPI(requiresIfMatch: true)
            return try await strict.send(.delete, try await strict.create().path)
        case .internalError: return try await server.failing(.invalidStatement).send(.get, path)
        case .busy: return try await server.failing(.busy).send(.get, path)
        case .databaseUnavailable: return try await server.failing(.ioFailure).send(.get, path)
        case .storageFull: return try await server.failing(.storageFull).send(.get, path)
        // What the HTTP server refuses before a route is looked for; it asks the API for the words. SocketTests reach them from outside.
        case .payloadTooLarge: return try server.refuse(.contentTooLarge(limit: 7))
        case .uriTooLong: return try server.refuse(.targetTooLong(limit: 7))
        case .headersTooLarge: return try server.refuse(.headTooLarge(limit: 7))
        case .expectationFailed: return try server.refuse(.expectationFailed)
        case .notImplemented: return try server.refuse(.unsupportedTransferCoding)
        case .timeout: return try server.refuse(.deadlineExceeded)
        case .draining:
            server.state.drain()
            return try await server.send(.get, path)
        case .starting: return try await server.send(.get, path)
        case .migrating: return try await server.booting([.pending]).send(.get, path)
        case .migrationFailed: return try await server.booting([.failed]).send(.get, path)
        case .schemaAhead: return try await server.booting([.schemaAhead]).send(.get, path)
        }
    }

    @Test(arguments: ProblemCode.allCases)
    func `each problem comes in the one shape, with its status`(code: ProblemCode) async throws {
        let response = try await provoke(code)
        let problem = try response.problem
        #expect(response.headers[.contentType] == "application/problem+json" && response.headers[.cacheControl] == "no-store")
        #expect(problem.code == code.rawValue && problem.type == "/problems/\(code.rawValue)" && problem.title == code.title)
        #expect(problem.status == response.status.code && response.status == code.status && problem.status >= 400)
        #expect(problem.requestId == response.headers[.requestID] && problem.instance.hasPrefix("/"))
        #expect(problem.detail.count > 10 && (problem.errors != nil) == (code == .validationFailed))
        // What was cut was a POST, which may have been stored: it is not to be repeated unseen.
        #expect(response.headers[.retryAfter] == (code == .timeout ? nil : code.retryAfter.map(String.init)))
    }

    @Test(arguments: ProblemCode.allCases)
    func `Retry-After stands where trying again can help`(code: ProblemCode) {
        let operatorOnly: Set<ProblemCode> = [.migrationFailed, .schemaAhead]
        #expect((code.retryAfter != nil) == (code.status == .serviceUnavailable && !operatorOnly.contains(code)))
    }

    @Test(arguments: DatabaseError.Code.allCases)
    func `whatever the database says, the client hears none of it`(code: DatabaseError.Code) async throws {
        let server = try await TestAPI()
        let path = try await server.create().path
        for statement in ["SELECT", "INSERT", "UPDATE", "DELETE", "COMMIT"] {
            server.database.fail(statementsContaining: statement, with: .secret(code))
            let responses = [
                try await server.send(.get, path), try await server.send(.get, "/conversations"),
                try await server.send(.post, "/conversations"),
                try await server.send(.put, path, json: #"{"title":"x"}"#), try await server.send(.patch, path, json: #"{"title":"x"}"#),
                try await server.send(.delete, path), try await server.send(.get, "/readyz"), try await server.send(.get, "/startupz"),
            ]
            for response in responses where response.status.code >= 400 { #expect(!response.tellsSecrets, "\(response.text)") }
            server.database.fail(statementsContaining: statement, with: nil)
        }
    }

    @Test func `a row that cannot be read is our fault, in the log and not in the answer`() async throws {
        let server = try await TestAPI()
        let path = try await server.create().path
        try await server.database.execute("UPDATE conversations SET created_at = 'xxxxxxxxxxxxxxxxxxxxxxxx'")
        let response = try await server.send(.get, path)
        #expect(try response.status.code == 500 && response.problem.code == "internal-error" && !response.tellsSecrets)
    }

    @Test func `an error that nobody foresaw is an internal error`() {
        struct Unforeseen: Error {}
        #expect(Problem(Unforeseen()).code == .internalError)
    }
}

extension Response {
    /// Whether there is SQL, a path, or the database's own words in it.
    fileprivate var tellsSecrets: Bool {
        ["secret", "4711", "/var/lib", "SELECT", "INSERT", "UPDATE", "vault", ".db", "sqlite3", "xxxx", ".swift", "Error("].contains {
            text.contains($0)
        }
    }
}
