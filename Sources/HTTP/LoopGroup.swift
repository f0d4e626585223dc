/// The running part of a server: its loops, and the acceptor that feeds them.
final class LoopGroup: Sendable {
    let address: SocketAddress
    private let loops: [EventLoop]
    private let acceptor: Acceptor

    /// Listens on `address` and serves.
    init(_ address: SocketAddress, configuration: Server.Configuration, responder: any Responder) throws(ServerError) {
        let listener =
            if let descriptor = configuration.inheritedSocket { try ListeningSocket(inheriting: descriptor) } else {
                try ListeningSocket.listening(on: address, backlog: configuration.backlog)
            }
        self.address = listener.address ?? address
        loops = try Self.startLoops(configuration, responder)
        do {
            acceptor = try Acceptor(listener: listener, loops: loops, configuration: configuration)
            try acceptor.start()
        } catch {
            for loop in loops { loop.stop() }
            throw error
        }
    }

    var activeRequests: Int { loops.reduce(0) { $0 + $1.activeRequests } }

    var connectionCount: Int { loops.reduce(0) { $0 + $1.connectionCount } }

    /// Returns when each loop has come round: a task that does nothing has had its turn on every one.
    func comeRound() async {
        await withTaskGroup(of: Void.self) { group in
            for loop in loops { group.addTask(executorPreference: loop) {} }
        }
    }

    /// Ends: takes no more connections, and every loop finishes by `deadline`. Returns the number of requests cut.
    func drain(by deadline: ContinuousClock.Instant) async -> Int {
        for loop in loops { loop.announceDrain() }
        acceptor.stop()
        return await withTaskGroup(of: Int.self) { group in
            for loop in loops { group.addTask { await loop.drain(by: deadline) } }
            return await group.reduce(0, +)
        }
    }

    private static func startLoops(
        _ configuration: Server.Configuration,
        _ responder: any Responder
    ) throws(ServerError) -> [EventLoop] {
        var loops: [EventLoop] = []
        do {
            for index in 0..<max(1, configuration.loops) {
                let loop = try EventLoop()
                let context = LoopContext(configuration: configuration, responder: responder, loop: loop)
                try loop.start(try Daemon(context: context), name: "http-\(index)")
                loops.append(loop)
            }
        } catch {
            for loop in loops { loop.stop() }
            throw error
        }
        return loops
    }
}
