import Conversations
import Database
import DatabaseTesting
import FoundationEssentials
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct AuthenticatorTests {
    private let directory: TemporaryDirectory
    private let file: TokenFile
    private let authenticator: Authenticator
    private let server: TestAPI
    private var tokens: [Access: String] = [:]

    init() async throws {
        directory = try TemporaryDirectory()
        file = TokenFile(path: directory.file("tokens"))
        for scope in [Access.read, .write, .admin] { tokens[scope] = try file.create(name: scope.rawValue, scope: scope, lifetime: nil) }
        authenticator = Authenticator(file)
        try authenticator.reload()
        server = try await TestAPI(authenticator: authenticator)
    }

    private func bearer(_ scope: Access) -> Headers { [.authorization: "Bearer \(tokens[scope] ?? "")"] }

    private func send(_ method: HTTPRequest.Method, _ target: String, _ headers: Headers) async throws -> Response {
        try await server.send(method, target, headers, json: "{}")
    }

    @Test(arguments: ["/livez", "/healthz", "/startupz", "/readyz", "/health", "/migrations", "/openapi.yaml", "/problems/unauthorized"])
    func `probes and documents need no token`(target: String) async throws {
        #expect(try await send(.get, target, [:]).status.code == 200)
        #expect(try await send(.head, target, [:]).status.code == 200)
    }

    @Test func `OPTIONS needs no token, and a path that is unknown is not found`() async throws {
        #expect(try await send(.options, "/conversations", [:]).status.code == 204)
        #expect(try await send(.get, "/nothing", [:]).status.code == 404)
    }

    @Test func `every other route needs one, before it looks at anything else`() async throws {
        for route in server.api.router.routes where route.access > .anyone {
            let response = try await send(route.method, route.pattern.replacing("{id}", with: "7") + "?x=1", [:])
            #expect(try response.status.code == 401 && response.problem.code == "unauthorized", "\(route.method) \(route.pattern)")
            #expect(response.headers[.wwwAuthenticate] == #"Bearer realm="parley""#)
        }
    }

    @Test func `each scope allows what those before it allow, and no more`() async throws {
        for route in server.api.router.routes where route.access > .anyone {
            for scope in [Access.read, .write, .admin] {
                let response = try await send(route.method, route.pattern.replacing("{id}", with: "7"), bearer(scope))
                let isAllowed = scope >= route.access
                #expect((response.status.code != 403) == isAllowed && response.status.code != 401, "\(scope) \(route.pattern)")
                guard !isAllowed else { continue }
                #expect(try response.problem.code == "insufficient-scope")
                let challenge = #"Bearer realm="parley", error="insufficient_scope", scope="\#(route.access.rawValue)""#
                #expect(response.headers[.wwwAuthenticate] == challenge)
            }
        }
    }

    @Test func `a read token reads, a write token writes`() async throws {
        #expect(try await send(.get, "/conversations", bearer(.read)).status.code == 200)
        #expect(try await send(.head, "/conversations", bearer(.read)).status.code == 200)
        #expect(try await send(.post, "/conversations", bearer(.read)).status.code == 403)
        #expect(try await send(.post, "/conversations", bearer(.write)).status.code == 201)
        #expect(try await send(.get, "/conversations", bearer(.write)).status.code == 200)
    }

    @Test func `the scheme is written in either case, and nothing else is let through`() async throws {
        let text = try #require(tokens[.read])
        for value in ["bearer \(text)", "BEARER  \(text)"] {
            #expect(try await send(.get, "/conversations", [.authorization: value]).status.code == 200)
        }
        let others = [
            "Bearer \(text) ", "Bearer \(text)x", "Bearer \(text.dropLast())",
            "Bearer \(text.uppercased())", "Bearer \(text), Bearer \(text)", "Bearer parley_\(TokenDigest(of: text.utf8.span).hexadecimal)",
        ]
        for value in others {
            let response = try await send(.get, "/conversations", [.authorization: value])
            #expect(response.status.code == 401, "\(value)")
            #expect(response.headers[.wwwAuthenticate] == #"Bearer realm="parley", error="invalid_token""#)
            #expect(!response.text.contains(text), "an answer does not repeat the token")
        }
    }

    @Test func `credentials without the word Bearer are told how to send a token`() async throws {
        let text = try #require(tokens[.read])
        for value in ["Bearer", "Bearer ", text, "Basic \(text)", "Basic YTpi", "Bearer,\(text)"] {
            let response = try await send(.get, "/conversations", [.authorization: value])
            #expect(response.status.code == 401 && response.headers[.wwwAuthenticate] == #"Bearer realm="parley""#, "\(value)")
            #expect(try response.problem.detail.hasSuffix("send the header Authorization: Bearer parley_…"))
            #expect(!response.text.contains(text), "an answer does not repeat the token")
        }
    }

    @Test func `a token in the URL is no token`() async throws {
        let text = try #require(tokens[.read])
        #expect(try await send(.get, "/conversations?access_token=\(text)", [:]).status.code == 401)
    }

    @Test func `a token holds until its time, and not longer`() throws {
        let (token, _) = Token.make(name: "a", scope: .read, expiresAt: Timestamp("2026-11-21T12:00:00.000Z"))
        #expect(!token.hasExpired(at: try #require(Timestamp("2026-11-21T11:59:59.999Z"))))
        #expect(token.hasExpired(at: try #require(Timestamp("2026-11-21T12:00:00.000Z"))))
    }

    @Test func `a token that has expired is refused, with the time`() async throws {
        let (token, text) = Token.make(name: "old", scope: .admin, expiresAt: Timestamp("2026-01-01T00:00:00.000Z"))
        try file.update { $0.append(token) }
        try authenticator.reload()
        let response = try await send(.get, "/conversations", [.authorization: "Bearer \(text)"])
        #expect(try response.status.code == 401 && response.problem.detail.contains("2026-01-01T00:00:00.000Z"))
    }

    @Test func `a reload brings new tokens and ends revoked ones; one that fails changes nothing`() async throws {
        let new = try file.create(name: "new", scope: .read, lifetime: nil)
        #expect(try await send(.get, "/conversations", [.authorization: "Bearer \(new)"]).status.code == 401)
        try file.revoke(name: "read")
        try authenticator.reload()
        #expect(try await send(.get, "/conversations", [.authorization: "Bearer \(new)"]).status.code == 200)
        #expect(try await send(.get, "/conversations", bearer(.read)).status.code == 401)
        try directory.write("nonsense", to: "tokens")
        #expect(throws: TokenFileError.self) { try authenticator.reload() }
        try directory.write("", to: "tokens")
        #expect(throws: TokenFileError.self) { try authenticator.reload() }
        #expect(try await send(.get, "/conversations", [.authorization: "Bearer \(new)"]).status.code == 200)
    }

    @Test func `what the database has said about a migration is for those with a token`() async throws {
        let other = try await TestAPI(isServing: false, authenticator: authenticator)
        other.database.fail(statementsContaining: "CREATE", with: .secret(.cannotOpen))
        _ = try await other.booting([.failed])
        let (toAnyone, toReader) = (try await other.send(.get, "/migrations"), try await other.send(.get, "/migrations", bearer(.read)))
        #expect(!toAnyone.text.contains("/var/lib/secret.db") && toReader.text.contains("/var/lib/secret.db"))
        #expect(try await other.send(.get, "/migrations", [.authorization: "Bearer x"]).status.code == 401)
    }
}
