internal import CMicroHTTPD
internal import Glibc

extension Server {
    /// Where a server listens and what it allows.
    public struct Configuration: Sendable {
        /// An IPv4 or IPv6 address or `localhost`; `::` takes both families. `127.0.0.1` unless said.
        public var host = "127.0.0.1"
        /// The port; 0 takes one that is free, which ``Server/address`` tells. 8080 unless said.
        public var port: UInt16 = 8080
        /// A socket that listens already, which the server takes over in place of ``host`` and ``port``; it opens one of its own unless said. Whoever
        /// has opened it may go on listening when the server has stopped: clients then wait for the next one.
        public var inheritedSocket: Int32?
        /// The certificate to show, for HTTPS; HTTP without unless said.
        public var tls: TLSIdentity?
        /// Event loops, each a thread; one for each processor this process may use unless said.
        public var loops = Int(parley_mhd_available_cores())
        /// The longest body taken, in bytes; 64 KiB unless said.
        public var maximumBodySize = 64 << 10
        /// The longest request line and headers together, in bytes; 32 KiB unless said. Memory for a quarter more is cleared after each
        /// request: large is slow.
        public var maximumHeadSize = 32 << 10
        /// The longest target of a request, in bytes; 8 KiB unless said.
        public var maximumTargetSize = 8 << 10
        /// Connections at once; 1024 unless said, and fewer where the system allows fewer descriptors. More wait to be accepted.
        public var maximumConnections = 1024
        /// Connections of one client at once (of one /64 network for IPv6); 256 unless said, 0 for as many as there are. More are closed as soon as
        /// they are accepted. Clients on this machine are not counted: a proxy has all connections to itself.
        public var maximumConnectionsPerClient = 256
        /// From the request line to the last byte of the answer; 30 s unless said. A new connection has as long to send its first request line.
        public var requestTimeout = Duration.seconds(30)
        /// How long a connection may rest between requests; 60 s unless said, in whole seconds.
        public var idleTimeout = Duration.seconds(60)
        /// Connections the system holds until they are accepted; 511 unless said.
        public var backlog = 511
        /// Takes what an operator should know, a line at a time: connections that cannot be taken. Called on any thread; nothing unless said.
        public var warn: @Sendable (String) -> Void = { _ in }
        /// Takes what libmicrohttpd has to say, a line at a time, mostly about clients that misbehave. Called on any thread; nothing unless said.
        public var log: @Sendable (String) -> Void = { _ in }

        /// The defaults.
        public init() {}

        /// How often connections are looked at: often enough that a timeout is at most half as long again as it says, or a second.
        var sweepInterval: Duration { min(.seconds(1), requestTimeout / 2) }

        var limits: RequestGate.Limits {
            RequestGate.Limits(body: maximumBodySize, head: maximumHeadSize, target: maximumTargetSize)
        }

        /// What a head that is too large still fits into, mostly, so that it can be refused in our own words; and room for the answer's headers.
        /// No more than that: libmicrohttpd clears all of it after each request.
        var connectionMemory: Int { max(16 << 10, maximumHeadSize + maximumHeadSize / 4) }

        /// How many connections there can really be.
        var connectionLimit: Int { max(1, min(maximumConnections, Self.raiseDescriptorLimit(for: maximumConnections))) }

        /// Asks for a descriptor for each connection, and some for files. Returns how many connections there can be.
        private static func raiseDescriptorLimit(for connections: Int) -> Int {
            let reserve = 64
            let wanted = rlim_t(clamping: connections) &+ rlim_t(reserve)
            var limit = rlimit()
            guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
            if limit.rlim_cur < wanted {
                limit.rlim_cur = min(limit.rlim_max, wanted)
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            }
            return max(1, Int(clamping: limit.rlim_cur) - reserve)
        }
    }
}
