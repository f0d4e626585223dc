internal import CMicroHTTPD
internal import Glibc

/// Where a server listens or a client is: an IP address and a port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 or IPv6 address, without brackets.
    public let host: String
    /// The port; 0 asks the system for one.
    public let port: UInt16

    /// An address.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Where a socket listens that another process has opened for this one.
    ///
    /// - Throws: ``ServerError/notListening(_:)``.
    public init(ofInheritedSocket descriptor: Int32) throws(ServerError) {
        guard let address = ListeningSocket.inheritedAddress(of: descriptor) else { throw .notListening(descriptor) }
        self = address
    }

    /// Whether the host is an address, or `localhost`; names are not looked up.
    public var isAddress: Bool { unsafe withSystemAddress { _, _ in true } ?? false }

    /// `127.0.0.1:8080` or `[::1]:8080`.
    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// What the system says an address is; `nil` for one that is not IP. IPv4 that came through an IPv6 socket is IPv4.
    init?(_ address: UnsafePointer<sockaddr>?) {
        guard let address = unsafe address else { return nil }
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET:
            var v4 = unsafe UnsafeRawPointer(address).load(as: sockaddr_in.self)
            unsafe self.init(host: Self.text(AF_INET, &v4.sin_addr), port: UInt16(bigEndian: v4.sin_port))
        case AF_INET6:
            var v6 = unsafe UnsafeRawPointer(address).load(as: sockaddr_in6.self)
            let text = unsafe Self.text(AF_INET6, &v6.sin6_addr)
            let host = text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
            self.init(host: host, port: UInt16(bigEndian: v6.sin6_port))
        default:
            return nil
        }
    }

    private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            return unsafe inet_ntop(family, address, start, socklen_t(buffer.count)) == nil ? "" : String(cString: start)
        }
    }
}

extension SocketAddress {
    /// Calls `body` with the address in the system's form; `nil` when the host is not an address.
    func withSystemAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value? {
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        let host = host == "localhost" ? "127.0.0.1" : host
        if unsafe inet_pton(AF_INET, host, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            return unsafe withSystemPointer(to: &v4, body)
        }
        if unsafe inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 {
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            return unsafe withSystemPointer(to: &v6, body)
        }
        return nil
    }

    private func withSystemPointer<Address, Value>(
        to address: inout Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        let size = socklen_t(MemoryLayout<Address>.size)
        return unsafe withUnsafeBytes(of: &address) { bytes in
            guard let start = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else {
                preconditionFailure("no address is empty")
            }
            return unsafe body(start, size)
        }
    }
}
