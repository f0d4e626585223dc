internal import CMicroHTTPD
internal import Glibc

/// A socket that listens, closed when it goes. It never blocks: a client may have gone between the moment that tells of him and `accept`.
struct ListeningSocket: ~Copyable {
    let descriptor: Int32
    /// Whether another process has opened it, and goes on listening when this one ends.
    let isInherited: Bool

    /// Listens on `address`; `::` takes IPv4 too.
    static func listening(on address: SocketAddress, backlog: Int) throws(ServerError) -> ListeningSocket {
        let socket = try ListeningSocket(family: address.host.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET)
        let bound = unsafe address.withSystemAddress { unsafe bind(socket.descriptor, $0, $1) }
        guard let bound else { throw .badHost(address.host) }
        guard bound == 0, listen(socket.descriptor, Int32(clamping: backlog)) == 0 else { throw error(for: errno, at: address) }
        return socket
    }

    /// Takes over a socket that listens already.
    init(inheriting descriptor: Int32) throws(ServerError) {
        guard Self.inheritedAddress(of: descriptor) != nil else { throw .notListening(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        self.descriptor = descriptor
        isInherited = true
    }

    private init(family: Int32) throws(ServerError) {
        isInherited = false
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("No socket to listen on: \(lastSystemError())") }
        setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        if family == AF_INET6 { setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
    }

    deinit {
        close(descriptor)
    }

    /// Has clients refused from now on; those of an inherited socket wait for the next process.
    func refuse() {
        if !isInherited { shutdown(descriptor, Int32(SHUT_RD)) }
    }

    /// The address it really listens on.
    var address: SocketAddress? { Self.address(of: descriptor) }

    static func address(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            return unsafe getsockname(descriptor, address, &size) == 0 ? SocketAddress(address) : nil
        }
    }

    /// Where a socket of another process listens; nil where it does not, or not for IP.
    static func inheritedAddress(of descriptor: Int32) -> SocketAddress? {
        listens(descriptor) ? address(of: descriptor) : nil
    }

    private static func listens(_ descriptor: Int32) -> Bool {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
    }

    private func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func error(for code: Int32, at address: SocketAddress) -> ServerError {
        switch code {
        case EADDRINUSE: .addressInUse(address)
        case EACCES, EPERM: .permissionDenied(address)
        case EADDRNOTAVAIL: .addressNotAvailable(address)
        default: .failed("Cannot listen on \(address): \(unsafe String(cString: strerror(code)))")
        }
    }
}
