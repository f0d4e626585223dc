import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

/// What pages in a browser on this machine can do with a server that asks for no tokens.
@Suite struct PageGuardTests {
    private static let origin = "https://app.example.org"
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI(cors: CORS(origins: [Self.origin]))
    }

    private func status(_ method: HTTPRequest.Method, _ target: String, _ headers: [String: String], on api: API? = nil) async throws -> Int
    {
        var fields: Headers = [:]
        for (name, value) in headers { fields.append(try #require(HTTPField.Name(name)), value) }
        return await (api ?? server.api).respond(to: try Request(method, target, headers: fields)).status.code
    }

    @Test(arguments: [
        ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": "http://localhost:3000", "Host": "localhost:8080"],
        ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
        ["Origin": "http://localhost:3000", "Host": "localhost:8080", "Sec-Fetch-Site": "same-site"],
    ])
    func `a page of another origin changes nothing`(headers: [String: String]) async throws {
        #expect(try await status(.post, "/conversations", headers) == 403)
        #expect(try await status(.post, "/conversations/import", headers) == 403)
        #expect(try await status(.get, "/conversations", headers) == 200, "that it cannot read the answer is its browser's to see to")
    }

    @Test(arguments: [
        [:], ["Sec-Fetch-Site": "none"], ["Origin": origin, "Sec-Fetch-Site": "cross-site"],
        ["Origin": "http://localhost:8080", "Host": "localhost:8080"],
        ["Origin": "https://parley.example.org", "Host": "127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"],
    ])
    func `programs, the server's own pages and those of origins that are named may write`(headers: [String: String]) async throws {
        #expect(try await status(.post, "/conversations", headers) == 201)
    }

    @Test(arguments: ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:8080", "evil.example."])
    func `a name that leads here from outside is not the server's`(host: String) async throws {
        #expect(try await status(.get, "/conversations", ["Host": host]) == 400)
        #expect(try await status(.post, "/conversations", ["Host": host, "Origin": "http://\(host)"]) == 400)
        #expect(try await status(.get, "/livez", ["Host": host]) == 200)
    }

    @Test(arguments: ["127.0.0.1:8080", "[::1]:8080", "localhost", "LOCALHOST:8080", "app.localhost:8080", "parley:8080"])
    func `addresses and local names are the server's`(host: String) async throws {
        #expect(try await status(.get, "/conversations", ["Host": host]) == 200)
    }

    @Test func `with tokens, which no page has, neither is looked at`() async throws {
        let (authenticator, token) = try Authenticator.withReader()
        let api = try await TestAPI(authenticator: authenticator).api
        let headers = ["Host": "parley.example.org", "Authorization": "Bearer \(token)"]
        #expect(try await status(.get, "/conversations", headers, on: api) == 200)
    }

    @Test func `a server that lets everybody in answers to every name`() async throws {
        var settings = Settings()
        settings.allowsStrangers = true
        let server = try await TestAPI(settings: settings)
        #expect(try await status(.get, "/conversations", ["Host": "parley.example.org"], on: server.api) == 200)
        #expect(try await status(.post, "/conversations", ["Origin": "https://evil.example"], on: server.api) == 403)
    }
}
