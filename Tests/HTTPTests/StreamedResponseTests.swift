import HTTP
import HTTPTesting
import HTTPTypes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamedResponseTests {
    private struct Fault: Error {}

    private let turnstile = Turnstile()

    /// 200 and a body of these pieces.
    private static func pieces(_ pieces: [String]) -> Response {
        Response(status: .ok, headers: [.contentType: "text/plain"]) { body in
            for piece in pieces { try await body.write(Array(piece.utf8)) }
        }
    }

    @Test(arguments: [[], [""], ["a"], ["one ", "two ", "three"], [String](repeating: String(repeating: "x", count: 9999), count: 50)])
    func `a body that is made while it is sent arrives whole, and the connection goes on`(pieces: [String]) async throws {
        try await withServer(respond: { _ in Self.pieces(pieces) }) { server in
            let client = try Client(server.address)
            client.get("/1")
            client.get("/2")
            for _ in 1...2 {
                let reply = try await client.reply()
                #expect(reply["transfer-encoding"] == "chunked" && reply["content-length"] == nil)
                #expect(reply.body == pieces.joined())
            }
        }
    }

    @Test func `HTTP 1.0 gets the body without chunks, and its end by the connection's`() async throws {
        try await withServer(respond: { _ in Self.pieces(["one ", "two"]) }) { server in
            let client = try Client(server.address)
            client.send("GET / HTTP/1.0\r\n\r\n")
            let answer = try await client.rest()
            #expect(answer.hasSuffix("\r\n\r\none two") && !answer.lowercased().contains("chunked"))
        }
    }

    @Test func `HEAD gets the headers and starts nothing`() async throws {
        let starts = Mutex(0)
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok, headers: [.contentType: "text/plain"]) { body in
                starts.withLock { $0 += 1 }
                try await body.write([1])
            }
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await client.rest()
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Content-Type: text/plain\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n") && !answer.contains("Content-Length") && !answer.contains("chunked"))
            #expect(starts.withLock { $0 } == 0)
        }
    }

    @Test func `a body that breaks off has no last chunk`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok) { body in
                try await body.write(Array("begun".utf8))
                throw Fault()
            }
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            let answer = try await client.rest()
            #expect(answer.hasPrefix("HTTP/1.1 200") && !answer.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `a header that cannot be sent turns a streamed answer into a bare 500, and its body is given up`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok, headers: [.contentType: "a\nb"]) { body in
                await #expect(throws: CancellationError.self) { try await body.writeForEver() }
                await turnstile.pass()
            }
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            #expect(try await client.reply().status == 500)
            await turnstile.arrivals(1)
            turnstile.open()
        }
    }

    @Test func `a client that vanishes ends the body`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok) { body in
                await #expect(throws: CancellationError.self) { try await body.writeForEver() }
                await turnstile.pass()
            }
        }
        turnstile.open()
        try await withServer(respond: respond) { server in
            do {
                let client = try Client(server.address)
                client.get("/")
                _ = try await client.text(upTo: "xxx")
            }
            await turnstile.arrivals(1)
        }
    }

    @Test func `a client that takes nothing is cut, and until then little is made for it`() async throws {
        let made = Mutex(0)
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok) { body in
                await #expect(throws: CancellationError.self) {
                    while true {
                        try await body.write([UInt8](repeating: 0x78, count: 1000))
                        made.withLock { $0 += 1000 }
                    }
                }
                await turnstile.pass()
            }
        }
        turnstile.open()
        try await withServer(configure: { $0.requestTimeout = .milliseconds(200) }, respond: respond) { server in
            let client = try Client(server.address, receiveBuffer: 4096)
            client.get("/")
            await turnstile.arrivals(1)
            #expect(made.withLock { $0 } < 16 << 20, "what the system's buffers hold, and 64 KiB")
        }
    }

    @Test func `a body that takes long to make is waited for`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok) { body in
                try await body.write(Array("begun, ".utf8))
                await turnstile.pass()
                try await body.write(Array("done".utf8))
            }
        }
        try await withServer(configure: { $0.requestTimeout = .milliseconds(200) }, respond: respond) { server in
            let patient = try Client(server.address)
            patient.get("/")
            await turnstile.arrivals(1)
            // This one is cut when the time of both has passed.
            let late = try Client(server.address)
            late.send("GET / HT")
            #expect(try await late.rest() == "")
            turnstile.open()
            #expect(try await patient.reply().body == "begun, done")
        }
    }

    @Test func `eight clients stream beside each other, and short answers pass them by`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            guard request.path == "/stream" else { return .text("short") }
            return Response(status: .ok) { body in
                for _ in 0..<2000 { try await body.write([UInt8](repeating: 0x79, count: 1000)) }
            }
        }
        try await withServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let address = server.address
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    let client = try Client(address)
                    client.send("GET /stream HTTP/1.0\r\n\r\n")
                    group.addTask { try await client.countRest() }
                }
                let other = try Client(address)
                for _ in 0..<20 {
                    other.get("/short")
                    #expect(try await other.reply().body == "short")
                }
                for try await count in group { #expect(count > 2_000_000) }
            }
        }
    }

    @Test func `a drain waits for a stream that ends in time`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok) { body in
                try await body.write(Array("begun, ".utf8))
                await turnstile.pass()
                try await body.write(Array("done".utf8))
            }
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            await turnstile.arrivals(1)
            async let cut = server.drain(timeout: .seconds(30))
            turnstile.open()
            #expect(try await client.reply().body == "begun, done")
            #expect(await cut == 0)
        }
    }

    @Test(arguments: [false, true])
    func `a drain cuts a stream that does not end, counts it, and waits for its handler`(isStarved: Bool) async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            Response(status: .ok) { body in
                try await body.write(Array("begun".utf8))
                await withTaskCancellationHandler {
                    if isStarved { await turnstile.pass() } else { _ = try? await body.writeForEver() }
                } onCancel: {
                    turnstile.open()
                }
            }
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            _ = try await client.text(upTo: "begun")
            if isStarved { await turnstile.arrivals(1) }
            #expect(await server.drain(timeout: .milliseconds(50)) == 1)
            #expect(server.activeRequests == 0)
        }
    }
}

extension BodyWriter {
    /// Writes until it cannot.
    func writeForEver() async throws {
        while true { try await write([UInt8](repeating: 0x78, count: 1000)) }
    }
}
