import HTTP
import HTTPTesting
import HTTPTypes
import Testing

@Suite struct RefusalTests {
    @Test(arguments: (Smuggling.vectors + Smuggling.parserVectors).map(\.headers))
    func `a head that could hide a second request is answered once and the connection closed`(headers: String) async throws {
        try await withServer { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\n\(headers)\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n")
            let answer = try await client.rest()
            #expect(answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 501"))
            #expect(!answer.contains("200 OK"))
        }
    }

    @Test(arguments: ["/a b", "/a#b", "/\u{E9}", "a", "ftp://x/"])
    func `a target that is none is refused`(target: String) async throws {
        try await withServer { server in
            let client = try Client(server.address)
            client.get(target)
            #expect(try await client.rest().hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func `another expectation fails`() async throws {
        try await withServer { server in
            let client = try Client(server.address)
            client.get("/", headers: "Expect: a-miracle\r\n")
            #expect(try await client.rest().hasPrefix("HTTP/1.1 417"))
        }
    }

    @Test func `a declared body over the limit is refused before it is sent`() async throws {
        try await withServer(configure: { $0.maximumBodySize = 1000 }) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 413)
            #expect(reply["connection"] == "close")
            #expect(reply.body == "The body is longer than the 1000 bytes taken here.\n")
        }
    }

    @Test func `a body of exactly the limit is taken`() async throws {
        try await withServer(configure: { $0.maximumBodySize = 1000 }) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1000))
            #expect(try await client.reply().status == 200)
        }
    }

    @Test func `a chunked body that grows over the limit is refused at its end`() async throws {
        try await withServer(configure: { $0.maximumBodySize = 1000 }) { server in
            let client = try Client(server.address)
            let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)\(chunk)0\r\n\r\n")
            let answer = try await client.rest()
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("Connection: close"))
        }
    }

    @Test func `a chunked body that does not end is cut`() async throws {
        try await withServer(configure: { $0.maximumBodySize = 1000 }) { server in
            let client = try Client(server.address)
            let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 40))
            #expect(try await client.rest() == "")
        }
    }

    @Test func `what libmicrohttpd refuses itself is logged, not printed`() async throws {
        let lines = AsyncStream.makeStream(of: String.self)
        try await withServer(configure: { $0.log = { lines.continuation.yield($0) } }) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: nonsense\r\n\r\n")
            #expect(try await client.rest().hasPrefix("HTTP/1.1 400"))
            var iterator = lines.stream.makeAsyncIterator()
            #expect(await iterator.next()?.isEmpty == false)
        }
    }

    @Test(arguments: [
        "/" + String(repeating: "a", count: 40_000) + " HTTP/1.1\r\nHost: test\r\n",
        "/?" + String(repeating: "a=1&", count: 4_000) + " HTTP/1.1\r\nHost: test\r\n",
        "/ HTTP/1.1\r\nHost: test\r\n" + String(repeating: "Name: value\r\n", count: 2_000),
    ])
    func `a head that does not fit ends its connection and leaves nothing behind`(head: String) async throws {
        try await withServer { server in
            let client = try Client(server.address)
            client.send("GET \(head)\r\n")
            let answer = try await client.rest()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
            #expect(await server.drain(timeout: .seconds(5)) == 0)
            #expect(server.activeRequests == 0)
            #expect(server.connectionCount == 0)
        }
    }
}
