internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// How many connections each client has, so that one cannot take all there are.
final class ConnectionSlots: Sendable {
    private let limit: Int
    private let counts = Mutex<[ClientNetwork: Int]>([:])

    /// - Parameter limit: connections of one client; 0 for any number.
    init(limit: Int) {
        self.limit = limit
    }

    enum Outcome {
        /// The client is not counted.
        case unlimited
        /// It is, for as long as the slot is held.
        case counted(ConnectionSlot)
        /// It has as many as it may.
        case full
    }

    /// Counts one more connection of a client.
    func take(for address: UnsafePointer<sockaddr>) -> Outcome {
        guard limit > 0, let network = unsafe ClientNetwork(address), !network.isLoopback else { return .unlimited }
        let isFull = counts.withLock { counts in
            let count = counts[network, default: 0]
            if count < limit { counts[network] = count + 1 }
            return count >= limit
        }
        return isFull ? .full : .counted(ConnectionSlot(network, in: self))
    }

    fileprivate func leave(_ network: ClientNetwork) {
        counts.withLock { counts in
            let count = counts[network, default: 1] - 1
            counts[network] = count > 0 ? count : nil
        }
    }
}

/// One connection of a client, counted until this is let go, wherever that happens.
final class ConnectionSlot: Sendable {
    private let network: ClientNetwork
    private let slots: ConnectionSlots

    fileprivate init(_ network: ClientNetwork, in slots: ConnectionSlots) {
        (self.network, self.slots) = (network, slots)
    }

    deinit {
        slots.leave(network)
    }
}

/// Whom a connection is counted for: an IPv4 address, or a /64 of IPv6, which is what one client usually has.
struct ClientNetwork: Hashable {
    private let upper: UInt64
    private let lower: UInt64

    /// Nil for an address that is not IP.
    init?(_ address: UnsafePointer<sockaddr>) {
        let bytes: SIMD16<UInt8>
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET:
            let v4 = unsafe UnsafeRawPointer(address).load(as: sockaddr_in.self)
            self.init(v4: UInt32(bigEndian: v4.sin_addr.s_addr))
            return
        case AF_INET6:
            var v6 = unsafe UnsafeRawPointer(address).load(as: sockaddr_in6.self)
            bytes = unsafe withUnsafeBytes(of: &v6.sin6_addr) { unsafe $0.loadUnaligned(as: SIMD16<UInt8>.self) }
        default:
            return nil
        }
        let upper = (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
        let lower = (8..<16).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
        let isMapped = upper == 0 && lower >> 32 == Self.mapped
        if isMapped { self.init(v4: UInt32(truncatingIfNeeded: lower)) } else { self.init(upper: upper, lower: upper == 0 ? lower : 0) }
    }

    private init(v4: UInt32) {
        self.init(upper: 0, lower: Self.mapped << 32 | UInt64(v4))
    }

    private init(upper: UInt64, lower: UInt64) {
        (self.upper, self.lower) = (upper, lower)
    }

    /// IPv4 in IPv6: `::ffff:a.b.c.d`.
    private static let mapped: UInt64 = 0xFFFF

    /// `::1` and 127.0.0.0/8.
    var isLoopback: Bool {
        upper == 0 && (lower == 1 || lower >> 24 == Self.mapped << 8 | 127)
    }
}
