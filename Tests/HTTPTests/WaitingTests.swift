import Dispatch
import HTTP
import HTTPTesting
import HTTPTypes
import Synchronization
import Testing

@Suite struct WaitingTests {
    private let turnstile = Turnstile()

    @Test func `a handler that waits is answered when it is done`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            await turnstile.pass()
            return .text("\(request.path) \(request.header(.accept) ?? "")")
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/a", headers: "Accept: b\r\n")
            await turnstile.arrivals(1)
            #expect(server.activeRequests == 1)
            turnstile.open()
            #expect(try await client.reply().body == "/a b")
        }
    }

    @Test func `while handlers wait others are answered`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            if request.path == "/wait" { await turnstile.pass() }
            return .text(request.path)
        }
        try await withServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let waiting = try Client(server.address)
            waiting.get("/wait")
            await turnstile.arrivals(1)
            let other = try Client(server.address)
            other.get("/other")
            #expect(try await other.reply().body == "/other")
            turnstile.open()
            #expect(try await waiting.reply().body == "/wait")
        }
    }

    @Test(arguments: [128, 256, 300])
    func `handlers that all wait are all answered`(count: Int) async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            await turnstile.pass()
            return .text(request.path)
        }
        try await withServer(configure: { $0.loops = count == 300 ? 2 : 1 }, respond: respond) { server in
            let clients = try (0..<count).map { _ in try Client(server.address) }
            for (number, client) in clients.enumerated() { client.get("/\(number)") }
            await turnstile.arrivals(count)
            #expect(server.activeRequests == count)
            turnstile.open()
            for (number, client) in clients.enumerated() { #expect(try await client.reply().body == "/\(number)") }
        }
    }

    /// The loop is held up until every client has sent its request, so that all of them are ready in one round. Where that stalls, each of sixty
    /// rounds takes a second, and so more than the minute: a thousand times as long as it should.
    @Test(.timeLimit(.minutes(1)), arguments: [127, 128, 256])
    func `as many busy connections as fill a batch of events do not stall`(count: Int) async throws {
        let (isHeld, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let respond: @Sendable (Request) async -> Response = { request in
            if request.path == "/hold" { hold(isHeld, goOn) }
            return .text("")
        }
        try await withServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let holder = try Client(server.address)
            let clients = try (0..<count).map { _ in try Client(server.address) }
            try await onThread {
                for _ in 0..<60 {
                    holder.get("/hold")
                    isHeld.wait()
                    for client in clients { client.get("/") }
                    goOn.signal()
                    for client in [holder] + clients {
                        let reply = try client.readReply()
                        #expect(reply.status == 200)
                    }
                }
            }
        }
    }

    @Test func `a client that vanishes while its handler waits disturbs nobody`() async throws {
        let finished = Turnstile()
        let respond: @Sendable (Request) async -> Response = { request in
            await turnstile.pass()
            Task { await finished.pass() }
            return .text(request.header(.accept) ?? "gone")
        }
        try await withServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let clients = try (0..<5).map { _ in try Client(server.address) }
            for client in clients { client.get("/", headers: "Accept: it\r\n") }
            await turnstile.arrivals(5)
            for client in clients { client.vanish() }
            turnstile.open()
            finished.open()
            await finished.arrivals(5)
            let other = try Client(server.address)
            other.get("/", headers: "Accept: it\r\n")
            #expect(try await other.reply().body == "it")
            #expect(await server.drain(timeout: .seconds(5)) == 0)
            #expect(server.activeRequests == 0)
        }
    }

    @Test func `what is read for a client that has left is cancelled, and what is written is not`() async throws {
        let cancelled = Turnstile()
        let written = Mutex(false)
        let respond: @Sendable (Request) async -> Response = { request in
            await withTaskCancellationHandler {
                await (request.method == .get ? cancelled : turnstile).pass()
            } onCancel: {
                cancelled.open()
            }
            if request.method == .post { written.withLock { $0 = !Task.isCancelled } }
            return .text("")
        }
        try await withServer(configure: { ($0.loops, $0.requestTimeout) = (1, .seconds(10)) }, respond: respond) { server in
            let writer = try Client(server.address)
            writer.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
            await turnstile.arrivals(1)
            let reader = try Client(server.address)
            reader.get("/")
            await cancelled.arrivals(1)
            writer.vanish()
            reader.vanish()
            // Opened by the cancellation alone.
            await cancelled.pass()
            turnstile.open()
            #expect(await server.drain(timeout: .seconds(5)) == 0)
            #expect(written.withLock { $0 })
        }
    }

    @Test func `a handler that waits too long is answered for, cancelled, and its late answer dropped`() async throws {
        let late = Mutex<String?>(nil)
        let cancelled = Turnstile()
        let done = Turnstile()
        let respond: @Sendable (Request) async -> Response = { request in
            await withTaskCancellationHandler {
                await cancelled.pass()
            } onCancel: {
                cancelled.open()
            }
            await turnstile.pass()
            late.withLock { $0 = request.header(.ifMatch) }
            Task { await done.pass() }
            return .text("late")
        }
        try await withServer(configure: { $0.requestTimeout = .milliseconds(200) }, respond: respond) { server in
            let client = try Client(server.address)
            client.get("/", headers: "If-Match: \"a\"\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 503)
            #expect(reply.body == "The answer was not ready in time. Try again later.\n")
            client.get("/refused", headers: "Expect: a-miracle\r\n")
            #expect(try await client.rest().hasPrefix("HTTP/1.1 417"), "the connection goes on until it is refused")
            turnstile.open()
            done.open()
            await done.arrivals(1)
            #expect(late.withLock { $0 } == "\"a\"", "a handler that goes on must not see its headers disappear")
            #expect(server.activeRequests == 0)
        }
    }

    @Test(arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nHost: te", "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhel"])
    func `a client that does not get on is cut`(beginning: String) async throws {
        try await withServer(configure: { $0.requestTimeout = .milliseconds(200) }) { server in
            let client = try Client(server.address)
            client.send(beginning)
            #expect(try await client.rest() == "")
        }
    }
}

/// Keeps a loop from going on.
private func hold(_ isHeld: DispatchSemaphore, _ goOn: DispatchSemaphore) {
    isHeld.signal()
    goOn.wait()
}
