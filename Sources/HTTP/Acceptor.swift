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
    private let slots: ConnectionSlots
    private let alarm: Alarm
    private let isStopped = Atomic(false)
    private let thread = Mutex<pthread_t?>(nil)

    init(listener: consuming ListeningSocket, loops: [EventLoop], configuration: Server.Configuration) throws(ServerError) {
        alarm = try Alarm()
        self.listener = listener
        self.loops = loops
        self.configuration = configuration
        slots = ConnectionSlots(limit: configuration.maximumConnectionsPerClient)
    }

    /// Accepts on a thread of its own.
    func start() throws(ServerError) {
        let limit = configuration.connectionLimit
        let started = try startThread(named: "http-accept") { self.run(limit: limit) }
        thread.withLock { $0 = started }
    }

    /// Takes no more connections. All that were accepted are with their loops when this returns.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        listener.refuse()
        alarm.ring()
        if let thread = thread.withLock({ $0.take() }) { pthread_join(thread, nil) }
    }

    private func run(limit: Int) {
        var complaints = Complaints(tell: configuration.warn)
        while isListening {
            accept(limit: limit, &complaints)
            alarm.wait(alongside: listener.descriptor, milliseconds: -1)
        }
    }

    /// Takes one connection, if there is one.
    private func accept(limit: Int, _ complaints: inout Complaints) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else { return }
            let connection = unsafe parley_mhd_accept(listener.descriptor, address, &size)
            if connection >= 0 {
                unsafe admit(connection, from: address, limit: limit, &complaints)
            } else if isListening, ![EAGAIN, EINTR, ECONNABORTED].contains(errno) {
                complaints.complain(.failure, "cannot accept connections: \(lastSystemError())")
                pause()
            }
        }
    }

    /// Closes a connection of a client that has too many. An answer would have to wait for its request, and that is what there is too much of.
    private func admit(_ connection: Int32, from address: UnsafePointer<sockaddr>, limit: Int, _ complaints: inout Complaints) {
        switch unsafe slots.take(for: address) {
        case .unlimited: assign(connection, nil, limit: limit, &complaints)
        case .counted(let slot): assign(connection, slot, limit: limit, &complaints)
        case .full:
            close(connection)
            let host = unsafe SocketAddress(address)?.host ?? "unknown"
            complaints.complain(
                .client,
                "\(host) has as many connections as one client may (\(configuration.maximumConnectionsPerClient)); more are closed"
            )
        }
    }

    /// Holds a connection back while there are as many as may be; the system keeps those behind it in its backlog.
    private func assign(_ connection: Int32, _ slot: ConnectionSlot?, limit: Int, _ complaints: inout Complaints) {
        var counts = loops.map(\.connectionCount)
        while counts.reduce(0, +) >= limit, isListening {
            complaints.complain(.limit, "there are as many connections as may be (\(limit)); more wait")
            pause()
            counts = loops.map(\.connectionCount)
        }
        guard let index = counts.indices.min(by: { counts[$0] < counts[$1] }), loops[index].adopt(connection, slot) else {
            close(connection)
            return
        }
    }

    /// Whether ``stop()`` has not been called.
    private var isListening: Bool { !isStopped.load(ordering: .relaxed) }

    /// Ten milliseconds: what is short of (connections, descriptors, memory) is other people's to give back, and nothing tells when.
    private func pause() {
        poll(nil, 0, 10)
    }
}

/// Tells of each kind of trouble at most once a minute: trouble that clients make must not fill the log.
private struct Complaints {
    enum Kind { case failure, client, limit }

    let tell: @Sendable (String) -> Void
    private var silentUntil: [Kind: ContinuousClock.Instant] = [:]

    init(tell: @escaping @Sendable (String) -> Void) {
        self.tell = tell
    }

    mutating func complain(_ kind: Kind, _ sentence: @autoclosure () -> String) {
        let now = ContinuousClock.now
        if let time = silentUntil[kind], now < time { return }
        silentUntil[kind] = now + .seconds(60)
        tell(sentence())
    }
}
