import HTTP
import HTTPTesting
import HTTPTypes
import Testing

@testable import ParleyServer

/// What only a socket shows: the HTTP server asks the API for the words of what it refuses by itself.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
    /// Serves the whole API on a free port while `body` runs.
    private func withServer(_ configure: (inout Server.Configuration) -> Void = { _ in }, _ body: (SocketAddress) async throws -> Void)
        async throws
    {
        var configuration = Server.Configuration()
        configuration.port = 0
        configure(&configuration)
        let server = Server(configuration: configuration, responder: try await TestAPI().api)
        try server.start()
        do {
            try await body(server.address)
        } catch {
            await server.drain(timeout: .zero)
            throw error
        }
        await server.drain(timeout: .seconds(5))
    }

    private static let refused: [(request: String, status: Int, code: String)] = [
        ("POST /conversations HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", 413, "payload-too-large"),
        ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long"),
        ("GET / HTTP/1.1\r\nHost: x\r\nX-Y: \(String(repeating: "a", count: 33_000))\r\n\r\n", 431, "headers-too-large"),
        ("GET /conversations HTTP/1.1\r\nHost: x\r\nX-Y: a\u{0}b\r\n\r\n", 400, "invalid-request"),
        ("GET /conversations HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n", 417, "expectation-failed"),
        ("POST /conversations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "not-implemented"),
        ("GET /conversations HTTP/1.1\r\n\r\n", 400, "invalid-request"),
        ("GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid-request"),
        ("POST /conversations HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "invalid-request"),
    ]

    @Test(arguments: refused)
    func `what the HTTP server refuses is a problem like any other`(request: String, status: Int, code: String) async throws {
        try await withServer { address in
            let client = try Client(address)
            client.send(request)
            let reply = try await client.reply()
            #expect(reply.status == status && reply["content-type"] == "application/problem+json")
            let problem = try Response(status: .ok, body: Array(reply.body.utf8)).problem
            #expect(problem.code == code && problem.status == status && problem.requestId == reply["x-request-id"])
            #expect(reply["connection"] == "close" && reply["x-content-type-options"] == "nosniff")
        }
    }

    @Test func `HEAD has the headers of GET and no body; every answer has a date and a length`() async throws {
        try await withServer { address in
            for target in ["/conversations", "/livez", "/migrations", "/openapi.yaml", "/nothing"] {
                let client = try Client(address)
                client.get(target)
                let get = try await client.reply()
                client.send("HEAD \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
                let head = try await client.reply(head: true)
                #expect(head.status == get.status && head["content-length"] == get["content-length"] && head["date"] != nil)
                #expect(head.headers.map(\.name) == get.headers.map(\.name))
            }
        }
    }

    @Test func `204 and 304 have no body, and the connection goes on`() async throws {
        try await withServer { address in
            let client = try Client(address)
            client.send("POST /conversations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            let created = try await client.reply()
            let (path, tag) = (try #require(created["location"]), try #require(created["etag"]))
            client.get(path, headers: "If-None-Match: \(tag)\r\n")
            #expect(try await client.reply(head: true).status == 304)
            client.send("DELETE \(path) HTTP/1.1\r\nHost: x\r\nIf-Match: \(tag)\r\n\r\n")
            #expect(try await client.reply().status == 204)
            client.get(path)
            #expect(try await client.reply().status == 404)
        }
    }

    @Test func `headers that are sent in several lines are read whole`() async throws {
        try await withServer { address in
            let client = try Client(address)
            client.send("POST /conversations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            let created = try await client.reply()
            let (path, tag) = (try #require(created["location"]), try #require(created["etag"]))
            client.get(path, headers: "If-None-Match: \"x\"\r\nIf-None-Match: W/\(tag)\r\n")
            #expect(try await client.reply(head: true).status == 304)
        }
    }
}
