import DatabaseTesting
import Glibc
import HTTP
import HTTPTesting
import Synchronization
import Testing

@Suite struct LifecycleTests {
    private let turnstile = Turnstile()

    @Test func `a drain finishes requests in flight and takes no connections`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            await turnstile.pass()
            return .text("finished")
        }
        try await withServer(respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            await turnstile.arrivals(1)
            async let cut = server.drain(timeout: .seconds(9))
            await refusesConnections(server.address)
            turnstile.open()
            let reply = try await client.reply()
            #expect(reply.body == "finished")
            #expect(reply["connection"] == "close")
            #expect(await cut == 0)
        }
    }

    @Test func `a drain's deadline cuts what waits, tells its clients and counts it`() async throws {
        let respond: @Sendable (Request) async -> Response = { _ in
            await turnstile.pass()
            return .text("late")
        }
        try await withServer(respond: respond) { server in
            let clients = try (0..<3).map { _ in try Client(server.address) }
            for client in clients { client.get("/") }
            await turnstile.arrivals(3)
            #expect(await server.drain(timeout: .milliseconds(50)) == 3)
            for client in clients { #expect(try await client.reply().status == 503) }
            turnstile.open()
        }
    }

    @Test func `a client that is about to send another request hears that the connection ends`() async throws {
        let respond: @Sendable (Request) async -> Response = { request in
            if request.path == "/slow" { await turnstile.pass() }
            return .text("")
        }
        try await withServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            #expect(try await client.reply()["connection"] == nil)
            // Keeps the drain from ending before a slow machine has sent the next request; how long it waits for that is `Drain`'s.
            let slow = try Client(server.address)
            slow.get("/slow")
            await turnstile.arrivals(1)
            async let cut = server.drain(timeout: .seconds(9))
            await refusesConnections(server.address)
            client.get("/")
            #expect(try await client.reply()["connection"] == "close")
            turnstile.open()
            #expect(await cut == 0)
        }
    }

    @Test func `a second drain waits for the first`() async throws {
        try await withServer { server in
            async let first = server.drain(timeout: .seconds(5))
            async let second = server.drain(timeout: .seconds(5))
            #expect(await [first, second] == [0, 0])
            #expect(await server.drain(timeout: .zero) == 0)
        }
    }

    @Test func `a port in use is an error that says what to do`() async throws {
        try await withServer { server in
            var configuration = Server.Configuration()
            configuration.port = server.address.port
            let second = Server(configuration: configuration, responder: ClosureResponder { _ in .text("") })
            let error = #expect(throws: ServerError.self) { try second.start() }
            #expect(error?.description == "\(server.address) is in use. Stop what listens there, or choose another port.")
        }
    }

    @Test(arguments: [("nowhere", "is not an address"), ("203.0.113.7", "no address of this machine"), ("::zz", "is not an address")])
    func `a host that cannot be had is an error that says what to do`(host: String, sentence: String) {
        var configuration = Server.Configuration()
        configuration.host = host
        configuration.port = 0
        let server = Server(configuration: configuration, responder: ClosureResponder { _ in .text("") })
        let error = #expect(throws: ServerError.self) { try server.start() }
        #expect(error?.description.contains(sentence) == true)
    }

    @Test(arguments: ["localhost", "::", "0.0.0.0"])
    func `IPv4 reaches a server on any of these hosts`(host: String) async throws {
        try await withServer(configure: { $0.host = host }, respond: { .text($0.remoteAddress) }) { server in
            let client = try Client(SocketAddress(host: "127.0.0.1", port: server.address.port))
            client.get("/")
            #expect(try await client.reply().body == "127.0.0.1")
        }
    }

    @Test func `a loop that hangs does not come round`() async throws {
        let came = Flag()
        let hangs = Gate()
        let respond: @Sendable (Request) async -> Response = { _ in
            await turnstile.pass()
            hangs.waitUntilOpen()
            return .text("")
        }
        try await withServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let client = try Client(server.address)
            client.get("/")
            await turnstile.arrivals(1)
            turnstile.open()
            async let round: Void = {
                await server.comeRound()
                came.raise()
            }()
            for _ in 1...1000 { await Task.yield() }
            #expect(!came.isUp)
            hangs.open()
            #expect(try await client.reply().status == 200)
            await round
        }
    }

    @Test func `a server serves once`() async throws {
        try await withServer { server in
            #expect(throws: ServerError.alreadyStarted) { try server.start() }
        }
    }

    @Test func `fifty servers leave no descriptor and no thread behind`() async {
        // In a process of its own: other tests have descriptors and threads too.
        await #expect(processExitsWith: .success) {
            try await serveOnce()
            let before = entries(in: "/proc/self/fd")
            for _ in 0..<50 { try await serveOnce() }
            guard serverThreads() == 0 else { fatalError("\(serverThreads()) threads are left") }
            // The test's own clients close on threads that may be a moment behind; a leak does not go away.
            let patience = ContinuousClock.now + .seconds(5)
            while entries(in: "/proc/self/fd") > before, .now < patience { await Task.yield() }
            guard entries(in: "/proc/self/fd") <= before else { fatalError("\(entries(in: "/proc/self/fd")) descriptors, not \(before)") }
        }
    }
}

private final class Flag: Sendable {
    private let state = Atomic(false)
    var isUp: Bool { state.load(ordering: .relaxed) }
    func raise() { state.store(true, ordering: .relaxed) }
}

/// Waits until nobody listens on `address`.
private func refusesConnections(_ address: SocketAddress) async {
    while (try? Client(address)) != nil { await Task.yield() }
}

private func serveOnce() async throws {
    try await withServer { server in
        let client = try Client(server.address)
        client.get("/")
        guard try await client.reply().status == 200 else { fatalError("not served") }
        client.vanish()
    }
}

private func entries(in path: String) -> Int {
    names(in: path).count
}

private func serverThreads() -> Int {
    names(in: "/proc/self/task").filter { thread in
        guard let file = unsafe fopen("/proc/self/task/\(thread)/comm", "r") else { return false }
        defer { unsafe fclose(file) }
        var name = [CChar](repeating: 0, count: 16)
        return unsafe fgets(&name, 16, file) != nil && name.starts(with: Array("http-".utf8CString.dropLast()))
    }.count
}

private func names(in path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        names.append(
            unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
        )
    }
    return names
}
