internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// The thread that accepts connections and gives each to the loop that has the fewest.
///
/// Loops that shared the listening socket would share connections by chance: the first to wake takes a whole burst, and of 66
/// connections one of two loops was seen to get 65.
final class Acceptor: Sendable {
    private let listener: ListeningSocket
    private let loops: [EventLoop]
    private let configuration: Server.Configuration
    private let thread = Mutex<pthread_t?>(nil)

    init(listener: consuming ListeningSocket, loops: [EventLoop], configuration: Server.Configuration) {
        self.listener = listener
        self.loops = loops
        self.configuration = configuration
    }

    /// Accepts on a thread of its own.
    func start() throws(ServerError) {
        let limit = configuration.connectionLimit
        let started = try startThread(named: "http-accept") { self.run(limit: limit) }
        thread.withLock { $0 = started }
    }

    /// Refuses connections from now on. All that were accepted are with their loops when this returns.
    func stop() {
        // Linux ends a blocked `accept` with EINVAL when the listening socket is shut down.
        shutdown(listener.descriptor, Int32(SHUT_RD))
        if let thread = thread.withLock({ $0.take() }) { pthread_join(thread, nil) }
    }

    private func run(limit: Int) {
        while true {
            let connection = parley_mhd_accept(listener.descriptor)
            if connection >= 0 {
                assign(connection, limit: limit)
            } else if errno == EINVAL {
                return
            } else if errno != EINTR && errno != ECONNABORTED {
                configuration.log("Cannot accept a connection: \(lastSystemError())")
                pause()
            }
        }
    }

    /// Holds a connection back while there are as many as may be; the system keeps those behind it in its backlog.
    private func assign(_ connection: Int32, limit: Int) {
        var counts = loops.map(\.connectionCount)
        while counts.reduce(0, +) >= limit, isListening {
            pause()
            counts = loops.map(\.connectionCount)
        }
        guard let index = counts.indices.min(by: { counts[$0] < counts[$1] }), loops[index].adopt(connection) else {
            close(connection)
            return
        }
    }

    /// Whether ``stop()`` has not been called.
    private var isListening: Bool {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(listener.descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
    }

    /// Ten milliseconds: what is short of (connections, descriptors, memory) is other people's to give back, and nothing tells when.
    private func pause() {
        poll(nil, 0, 10)
    }
}
