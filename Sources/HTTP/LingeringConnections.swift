internal import CMicroHTTPD
internal import Glibc

/// Connections that were answered before their request was read to its end.
///
/// A socket that is closed with bytes unread resets the connection, and the reset can overtake the answer
/// ([RFC 9112, 9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)). So what still comes is read and dropped until the client, too, has
/// closed, for a few seconds at most.
struct LingeringConnections {
    private static let patience = Duration.seconds(5)

    /// A slot is held as long as its socket: a client that lingers would else have more connections than it may.
    private var sockets: [(descriptor: Int32, slot: ConnectionSlot?, deadline: ContinuousClock.Instant)] = []

    var count: Int { sockets.count }
    var isEmpty: Bool { sockets.isEmpty }

    /// Takes over a socket, and tells the client that nothing more will come.
    mutating func insert(_ descriptor: Int32, _ slot: ConnectionSlot?, at now: ContinuousClock.Instant) {
        shutdown(descriptor, Int32(SHUT_WR))
        sockets.append((descriptor, slot, now + Self.patience))
    }

    /// Drops what has come, and closes the sockets whose time is over. Returns how many.
    mutating func sweep(at now: ContinuousClock.Instant) -> Int {
        let before = sockets.count
        sockets.removeAll { socket in
            let isOver = Self.hasEnded(socket.descriptor) || socket.deadline <= now
            if isOver { close(socket.descriptor) }
            return isOver
        }
        return before - sockets.count
    }

    /// Closes all of them. Returns how many.
    mutating func endAll() -> Int {
        defer { sockets = [] }
        for socket in sockets { close(socket.descriptor) }
        return sockets.count
    }

    /// Empties the socket's buffer; for TCP, MSG_TRUNC drops what it would copy (<https://man7.org/linux/man-pages/man7/tcp.7.html>).
    private static func hasEnded(_ descriptor: Int32) -> Bool {
        let dropped = recv(descriptor, nil, 8 << 20, parley_mhd_dont_wait | Int32(MSG_TRUNC))
        return dropped == 0 || (dropped < 0 && errno != EAGAIN && errno != EINTR)
    }
}
