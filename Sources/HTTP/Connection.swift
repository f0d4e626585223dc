internal import CMicroHTTPD
internal import Glibc

/// One client's connection, and by when it must have got on.
///
/// libmicrohttpd's own timeout is for inactivity only: a client that sends a byte now and then stays for ever.
final class Connection {
    private let descriptor: Int32
    /// Counts it for its client; let go with the connection, or with its socket where that lingers.
    let slot: ConnectionSlot?
    /// Its TLS session refers to them.
    private let credentials: TLSCredentials?
    fileprivate var index = 0
    /// The request that is being read or answered, which this connection owns.
    var exchange: Exchange?
    /// Whether the client may still be sending when its answer has gone out and the connection ends: ``LingeringConnections``.
    var lingers = false
    private var hasLeft = false
    /// When ``ConnectionTable/sweep(at:grace:)`` loses patience.
    var deadline: ContinuousClock.Instant

    init(descriptor: Int32, slot: ConnectionSlot?, credentials: TLSCredentials?, deadline: ContinuousClock.Instant) {
        self.descriptor = descriptor
        self.slot = slot
        self.credentials = credentials
        self.deadline = deadline
    }

    /// The socket under another number, which stays open when libmicrohttpd closes its own; nil when the process has no more.
    func duplicate() -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    /// Whether the client has gone in the middle of its request, which libmicrohttpd does not see where the end comes with the last bytes.
    ///
    /// True at the second look only: by then libmicrohttpd has dealt with what came before the end.
    func isAbandoned() -> Bool {
        let hadLeft = hasLeft
        hasLeft = exchange?.state.isIncoming == true && hasNothingToCome
        return hadLeft && hasLeft
    }

    private var hasNothingToCome: Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | parley_mhd_dont_wait) == 0
    }

    /// Whether the client has closed the connection, or its half of it. libmicrohttpd does not look while a connection is suspended.
    var peerHasLeft: Bool {
        // POLLRDHUP, which the header has for _GNU_SOURCE only.
        var entry = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Makes libmicrohttpd see an end of stream and close the connection; closing is not ours to do.
    func cut() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}

/// The connections of one loop. Each knows its place, so that leaving costs the same for ten and ten thousand.
struct ConnectionTable {
    private var connections: [Connection] = []

    var count: Int { connections.count }

    mutating func insert(_ connection: Connection) {
        connection.index = connections.count
        connections.append(connection)
    }

    mutating func remove(_ connection: Connection) {
        let last = connections.removeLast()
        guard last !== connection else { return }
        last.index = connection.index
        connections[last.index] = last
    }

    /// Answers for each handler that is late, and gives its answer `grace` to leave; cuts every other late connection, and those whose clients
    /// have left in the middle of a request. Cancels what is read for a client that has left.
    func sweep(at now: ContinuousClock.Instant, grace: Duration) {
        for connection in connections { connection.exchange?.cancelWhereUnwanted() }
        for connection in connections {
            if connection.deadline > now {
                if connection.isAbandoned() { connection.cut() }
            } else if connection.exchange?.expire(.deadlineExceeded) == true {
                connection.deadline = now + grace
            } else {
                connection.cut()
            }
        }
    }

    /// Answers for every handler that waits, and ends what is streamed.
    func cutAll() {
        for connection in connections { connection.exchange?.cut() }
    }
}
