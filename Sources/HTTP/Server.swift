internal import CMicroHTTPD
internal import Synchronization

/// An HTTP/1.1 server: libmicrohttpd on event loops of our own, one a processor, each with connections it shares with nobody.
///
/// ```swift
/// let server = Server(configuration: .init(), responder: responder)
/// try server.start()
/// print("listening on \(server.address)")
/// let cut = await server.drain(timeout: .seconds(10))
/// ```
///
/// What breaks HTTP below the level of requests (an unreadable request line, headers that do not fit) libmicrohttpd answers itself,
/// with a small HTML page; everything else is the ``Responder``'s to answer. A server serves once: from ``start()`` until ``drain(timeout:)``.
public final class Server: Sendable {
    private enum State {
        case idle
        case serving(LoopGroup)
        case draining(LoopGroup, Task<Int, Never>)
    }

    let configuration: Configuration
    private let responder: any Responder
    private let state = Mutex(State.idle)

    /// A server that does not listen yet.
    public init(configuration: Configuration, responder: any Responder) {
        self.configuration = configuration
        self.responder = responder
    }

    /// Listens and serves; it returns as soon as clients can connect.
    ///
    /// - Throws: ``ServerError`` with a sentence that says what to do.
    public func start() throws(ServerError) {
        try state.withLock { state throws(ServerError) in
            guard case .idle = state else { throw .alreadyStarted }
            state = .serving(try LoopGroup(requestedAddress, configuration: configuration, responder: responder))
        }
    }

    /// The version of libmicrohttpd, such as `0.9.75`; nil where it cannot be loaded.
    public static var libraryVersion: String? {
        HTTPLibraries.failure == nil ? unsafe String(cString: MHD_get_version()) : nil
    }

    /// Where it listens: the real port once ``start()`` has returned, before that what was asked for.
    public var address: SocketAddress { group?.address ?? requestedAddress }

    /// Requests being read, handled or answered right now.
    public var activeRequests: Int { group?.activeRequests ?? 0 }

    /// Open connections, idle ones included.
    public var connectionCount: Int { group?.connectionCount ?? 0 }

    /// Returns when every event loop has come round once; one that hangs keeps it from returning.
    public func comeRound() async { await group?.comeRound() }

    /// Stops: takes no more connections, says `Connection: close` in every answer, waits for what is in flight, and ends.
    ///
    /// When `timeout` has passed, handlers that still wait are answered for (``Refusal/draining``) and cancelled, and every connection
    /// is closed. A second call waits for the first.
    ///
    /// - Returns: The number of requests that were cut.
    @discardableResult
    public func drain(timeout: Duration) async -> Int {
        let deadline = ContinuousClock.now + timeout
        return await draining(by: deadline)?.value ?? 0
    }

    // MARK: Helpers

    private var requestedAddress: SocketAddress {
        SocketAddress(host: configuration.host, port: configuration.port)
    }

    private var group: LoopGroup? {
        state.withLock { state in
            switch state {
            case .idle: nil
            case .serving(let group), .draining(let group, _): group
            }
        }
    }

    private func draining(by deadline: ContinuousClock.Instant) -> Task<Int, Never>? {
        state.withLock { state in
            switch state {
            case .idle: return nil
            case .draining(_, let task): return task
            case .serving(let group):
                let task = Task { await group.drain(by: deadline) }
                state = .draining(group, task)
                return task
            }
        }
    }
}
