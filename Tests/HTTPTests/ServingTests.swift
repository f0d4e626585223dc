import Glibc
import HTTP
import HTTPTesting
import HTTPTypes
import Testing

@Suite struct ServingTests {
    @Test func `a request is answered with what the responder says`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            let accept = request.header(.accept) ?? "nothing"
            let query = (try? request.query.first("q")) ?? "none"
            return .text("\(request.method) \(request.path) \(query) \(accept) \(request.remoteAddress)")
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/a%2Fb?q=x+y", headers: "Accept: text/plain\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.body == "GET /a%2Fb x y text/plain 127.0.0.1")
            #expect(reply["content-type"] == "text/plain")
            #expect(reply["date"] != nil)
        }
    }

    @Test func `repeated headers are all there, in order`() async throws {
        try await withServer(respond: { .text($0.headerValues(.ifMatch).joined(separator: " ")) }) { server in
            let client = try Client(server.address)
            client.get("/", headers: "If-Match: \"a\"\r\nX-Y: z\r\nIF-MATCH: \"b\"\r\n")
            #expect(try await client.reply().body == "\"a\" \"b\"")
        }
    }

    @Test func `a connection is kept, and pipelined requests are answered in order`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            if request.path.hasSuffix("0") { await Task.yield() }
            return .text(request.path)
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            for number in 0..<20 { client.get("/\(number)") }
            for number in 0..<20 { #expect(try await client.reply().body == "/\(number)") }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `HEAD gets the headers of GET and no body`() async throws {
        try await withServer { server in
            let client = try Client(server.address)
            client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
            let head = try await client.reply(head: true)
            #expect(head["content-length"] == "5")
            client.get("/")
            #expect(try await client.reply().body == "hello")
        }
    }

    @Test func `a 304 tells the length of what it spares the client, and sends none of it`() async throws {
        try await withServer(respond: { Response(status: $0.path == "/old" ? .notModified : .ok, body: Array("hello".utf8)) }) { server in
            let client = try Client(server.address)
            client.get("/old")
            let spared = try await client.reply(head: true)
            #expect(spared["content-length"] == "5")
            client.get("/new")
            #expect(try await client.reply().body == "hello")
        }
    }

    @Test func `a body arrives whole, by length and in chunks`() async throws {
        try await withServer(respond: { Response(status: .ok, body: $0.body) }) { server in
            let client = try Client(server.address)
            let body = String(repeating: "0123456789", count: 5000)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(try await client.reply().body == body)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
            #expect(try await client.reply().body == "hello world")
            client.send("GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nget")
            #expect(try await client.reply().body == "get")
        }
    }

    @Test func `a client that expects 100-continue is told to go on before it sends its body`() async throws {
        try await withServer(respond: { Response(status: .ok, body: $0.body) }) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(try await client.reply().status == 100)
            client.send("hello")
            #expect(try await client.reply().body == "hello")
        }
    }

    @Test func `a response can close its connection`() async throws {
        try await withServer(respond: { _ in Response(status: .ok, closesConnection: true) }) { server in
            let client = try Client(server.address)
            client.get("/")
            #expect(try await client.rest().contains("Connection: close"))
        }
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", ""])
    func `a header that cannot be sent makes the answer a bare 500`(value: String) async throws {
        try await withServer(respond: { _ in Response(status: .ok, headers: [.location: value], body: [1]) }) { server in
            let client = try Client(server.address)
            client.get("/")
            let reply = try await client.reply()
            #expect(reply.status == 500)
            #expect(reply.body.isEmpty)
            #expect(reply["set-cookie"] == nil)
        }
    }

    @Test func `a length the responder sets is the server's to say`() async throws {
        try await withServer(respond: { _ in Response(status: .ok, headers: [.contentLength: "99"], body: Array("abc".utf8)) }) { server in
            let client = try Client(server.address)
            client.get("/")
            #expect(try await client.reply().body == "abc")
        }
    }

    @Test func `an HTTP 1·0 client is answered and its connection closed`() async throws {
        try await withServer { server in
            let client = try Client(server.address)
            client.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try await client.rest().hasSuffix("hello"))
        }
    }

    @Test func `connections are shared evenly among the loops`() async throws {
        try await withServer(respond: { _ in .text("\(pthread_self())") }) { server in
            let clients = try (0..<40).map { _ in try Client(server.address) }
            for client in clients { client.get("/") }
            var counts: [String: Int] = [:]
            for client in clients { counts[try await client.reply().body, default: 0] += 1 }
            #expect(Array(counts.values) == [20, 20])
        }
    }

    @Test func `over the limit a connection waits for another to end`() async throws {
        try await withServer(configure: { $0.maximumConnections = 2 }) { server in
            let clients = try (0..<3).map { _ in try Client(server.address) }
            for client in clients { client.get("/") }
            for client in clients.prefix(2) { #expect(try await client.reply().status == 200) }
            #expect(server.connectionCount == 2)
            clients[0].vanish()
            #expect(try await clients[2].reply().status == 200)
            #expect(server.connectionCount == 2)
        }
    }

    @Test func `connections that linger after a refusal make room when their clients go, also where nothing else happens`() async throws {
        try await withServer(configure: { $0.maximumConnections = 2 }) { server in
            let refused = try (0..<2).map { _ in try Client(server.address) }
            for client in refused { client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999\r\n\r\n") }
            for client in refused { #expect(try await client.rest().hasPrefix("HTTP/1.1 413")) }
            let other = try Client(server.address)
            other.get("/")
            for client in refused { client.vanish() }
            #expect(try await other.reply().status == 200)
        }
    }
}
