import HTTPTesting
import HTTPTypes
import Synchronization
import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(1))) struct StreamedRequestTests {
    private let turnstile = Turnstile()
    private static let limit = BodyMode.streamed(limit: 200 << 20)

    /// Answers with the number of bytes, or the status of what went wrong.
    private static let count: @Sendable (Request) async -> Response = { request in
        var count = 0
        let chunks = request.chunks
        do {
            while let chunk = try await chunks.next() { count += chunk.count }
            return .text("\(count)")
        } catch let refusal as Refusal {
            return Response(refusal)
        } catch {
            return .text("gone")
        }
    }

    @Test func `the handler starts before the body is whole and takes it as it comes`() async throws {
        let taken = Mutex<[String]>([])
        let respond: @Sendable (Request) async -> Response = { request in
            let chunks = request.chunks
            while let chunk = try? await chunks.next() {
                taken.withLock { $0.append(String(decoding: chunk, as: UTF8.self)) }
                await turnstile.pass()
            }
            return .text(request.header(.accept) ?? "")
        }
        turnstile.open()
        try await withServer(bodies: Self.limit, respond: respond) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nAccept: it\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            await turnstile.arrivals(1)
            client.send("3\r\ntwo\r\n")
            await turnstile.arrivals(2)
            client.send("0\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\nAccept: next\r\n\r\n")
            #expect(try await client.reply().body == "it")
            #expect(try await client.reply().body == "next")
            #expect(taken.withLock { $0 } == ["one", "two"])
        }
    }

    @Test(arguments: ["Content-Length: 0\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"])
    func `a body may be empty`(rest: String) async throws {
        try await withServer(bodies: Self.limit, respond: Self.count) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\n\(rest)")
            #expect(try await client.reply().body == "0")
        }
    }

    @Test func `100 MB pass through little memory`() async throws {
        let highWater = Mutex(0)
        let respond: @Sendable (Request) async -> Response = { request in
            let response = await Self.count(request)
            highWater.withLock { $0 = request.pipe?.highWater ?? 0 }
            return response
        }
        try await withServer(bodies: Self.limit, respond: respond) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(100 << 20)\r\n\r\n")
            try await client.send([UInt8](repeating: 0x78, count: 1 << 20), times: 100)
            #expect(try await client.reply().body == "\(100 << 20)")
            #expect(highWater.withLock { $0 } <= BodyPipe.capacity + server.configuration.connectionMemory)
        }
    }

    @Test func `a handler that takes its time holds the client back, and nobody is cut`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            await turnstile.pass()
            return await Self.count(request)
        }
        try await withServer(bodies: Self.limit, configure: { $0.requestTimeout = .seconds(2) }, respond: respond) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(20 << 20)\r\n\r\n")
            async let sending: Void = client.send([UInt8](repeating: 0x78, count: 1 << 20), times: 20)
            await turnstile.arrivals(1)
            let late = try Client(server.address)
            late.send("GET / HT")
            #expect(try await late.rest() == "", "the time of both has passed")
            turnstile.open()
            try await sending
            #expect(try await client.reply().body == "\(20 << 20)")
        }
    }

    @Test func `100 Continue comes when the handler takes the body, not when it refuses the head`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            request.path == "/refused" ? Response(status: .unsupportedMediaType) : await Self.count(request)
        }
        try await withServer(bodies: Self.limit, respond: respond) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.text(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("hello")
            #expect(try await client.reply().body == "5")
            client.send("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.rest().hasPrefix("HTTP/1.1 415"))
        }
    }

    @Test(arguments: [BodyMode.buffered, .streamed(limit: 1 << 20)])
    func `an answer that comes before the body reaches a client that sends all of it first`(mode: BodyMode) async throws {
        let respond: @Sendable (Request) async -> Response = { _ in Response(status: .unsupportedMediaType) }
        try await withServer(bodies: mode, respond: respond) { server in
            for length in [1 << 20, 3 << 20] {
                let client = try Client(server.address)
                client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n")
                try await client.send([UInt8](repeating: 0x78, count: 1 << 20), times: length >> 20)
                let status = mode == .buffered || length > 1 << 20 ? 413 : 415
                #expect(try await client.rest().hasPrefix("HTTP/1.1 \(status)"))
            }
        }
    }

    @Test func `a handler that ends in the middle of the body is answered at its end, and the connection goes on`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            _ = try? await request.chunks.next()
            return Response(status: .unprocessableContent)
        }
        try await withServer(bodies: Self.limit, respond: respond) { server in
            let client = try Client(server.address)
            for _ in 1...2 {
                client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(5 << 20)\r\n\r\n")
                try await client.send([UInt8](repeating: 0x78, count: 1 << 20), times: 5)
                #expect(try await client.reply().status == 422)
            }
        }
    }

    @Test func `a chunked body that grows over the limit is refused at its end`() async throws {
        try await withServer(bodies: .streamed(limit: 1000), respond: Self.count) { server in
            let client = try Client(server.address)
            let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)")
            client.send("\(chunk)0\r\n\r\n")
            let answer = try await client.rest()
            #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains("1000 bytes"))
        }
    }

    @Test(arguments: ["Content-Length: 9", "Transfer-Encoding: chunked"], [true, false])
    func `a body that does not come to its end is never taken for whole`(framing: String, vanishes: Bool) async throws {
        let outcome = Mutex("")
        let respond: @Sendable (Request) async -> Response = { request in
            let response = await Self.count(request)
            outcome.withLock { $0 = String(decoding: response.body, as: UTF8.self) }
            await turnstile.pass()
            return response
        }
        turnstile.open()
        // libmicrohttpd waits for the rest of a body although the client has said that nothing comes: its time ends that.
        try await withServer(bodies: Self.limit, configure: { $0.requestTimeout = .milliseconds(200) }, respond: respond) { server in
            let client = try Client(server.address)
            client.send(
                "POST / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n5\r\nhello\r\n".dropLast(framing.hasPrefix("C") ? 2 : 0).description
            )
            if vanishes { client.vanish() } else { client.finishSending() }
            await turnstile.arrivals(1)
            #expect(outcome.withLock { $0 } == "gone")
        }
    }

    @Test(arguments: [limit, .buffered])
    func `a client that leaves in the middle of its body is noticed long before its time has passed`(mode: BodyMode) async throws {
        try await withServer(bodies: mode, configure: { $0.requestTimeout = .seconds(3_600) }, respond: Self.count) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhell")
            client.finishSending()
            #expect(try await client.rest() == "")
            #expect(await server.drain(timeout: .seconds(30)) == 0)
        }
    }

    @Test func `a client that does not get on with its body is cut, and its handler told`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            let response = await Self.count(request)
            await turnstile.pass()
            return response
        }
        turnstile.open()
        try await withServer(bodies: Self.limit, configure: { $0.requestTimeout = .milliseconds(200) }, respond: respond) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhell")
            #expect(try await client.rest() == "")
            await turnstile.arrivals(1)
        }
    }

    @Test func `a drain waits for a body that ends in time`() async throws {
        try await withServer(bodies: Self.limit, respond: Self.count) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            _ = try await client.text(upTo: "\r\n\r\n")
            async let cut = server.drain(timeout: .seconds(30))
            client.send("hello")
            let reply = try await client.reply()
            #expect(reply.body == "5")
            #expect(await cut == 0)
        }
    }

    @Test(arguments: [4, 10 << 20])
    func `a drain cuts a body that does not end, counts it, and waits for its handler`(sent: Int) async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            if sent > 4 {
                await withTaskCancellationHandler {
                    await turnstile.pass()
                } onCancel: {
                    turnstile.open()
                }
            }
            return await Self.count(request)
        }
        try await withServer(bodies: Self.limit, respond: respond) { server in
            let client = try Client(server.address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(20 << 20)\r\nExpect: 100-continue\r\n\r\n")
            _ = try await client.text(upTo: "\r\n\r\n")
            async let sending: Void = client.send([UInt8](repeating: 0x78, count: sent), times: 1)
            if sent > 4 { await turnstile.arrivals(1) }
            #expect(await server.drain(timeout: .milliseconds(50)) == 1)
            #expect(server.activeRequests == 0)
            try await sending
        }
    }

    @Test func `a body that begins after a drain's deadline is refused, and the server ends`() async throws {
        let late = Mutex<Client?>(nil)
        let respond: @Sendable (Request) async -> Response = { request in
            await withTaskCancellationHandler {
                await turnstile.pass()
            } onCancel: {
                // The deadline has passed: what it leaves for answers to go out begins now, however slow the machine is.
                late.withLock { $0 }?.send("-Length: 5\r\n\r\nhello")
                turnstile.open()
            }
            return .text("late")
        }
        try await withServer(bodies: Self.limit, configure: { $0.loops = 1 }, respond: respond) { server in
            let clients = try (0..<2).map { _ in try Client(server.address) }
            late.withLock { $0 = clients[1] }
            clients[0].send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
            clients[1].send("POST / HTTP/1.1\r\nHost: x\r\nContent")
            await turnstile.arrivals(1)
            while server.activeRequests < 2 { await Task.yield() }
            async let cut = server.drain(timeout: .milliseconds(50))
            for client in clients { #expect(try await client.reply().status == 503) }
            #expect(await cut == 2)
        }
    }
}
