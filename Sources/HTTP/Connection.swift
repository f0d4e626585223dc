internal import CMicroHTTPD
internal import Glibc

/// One client's connection, and by when it must have got on.
///
/// libmicrohttpd's own timeout is for inactivity only: a client that sends a byte now and then stays for ever.
final class Connection {
    private let descriptor: Int32
    fileprivate var index = 0
    /// The request that is being read or answered, which this connection owns.
    var exchange: Exchange?
    /// When ``ConnectionTable/sweep(at:grace:)`` loses patience.
    var deadline: ContinuousClock.Instant

    init(descriptor: Int32, deadline: ContinuousClock.Instant) {
        self.descriptor = descriptor
        self.deadline = deadline
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

    /// Answers for each handler that is late, and gives its answer `grace` to leave; cuts every other late connection.
    func sweep(at now: ContinuousClock.Instant, grace: Duration) {
        for connection in connections where connection.deadline <= now {
            if connection.exchange?.expire(.deadlineExceeded) == true {
                connection.deadline = now + grace
            } else {
                connection.cut()
            }
        }
    }

    /// Answers for every handler that waits.
    func expireAll(_ refusal: Refusal) {
        for connection in connections { _ = connection.exchange?.expire(refusal) }
    }
}
