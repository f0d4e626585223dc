internal import CMicroHTTPD
internal import Glibc

/// A socket that listens, closed when it goes.
struct ListeningSocket: ~Copyable {
    let descriptor: Int32

    /// Listens on `address`; `::` takes IPv4 too.
    static func listening(on address: SocketAddress, backlog: Int) throws(ServerError) -> ListeningSocket {
        let socket = try ListeningSocket(family: address.host.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET)
        let bound = unsafe address.withSystemAddress { unsafe bind(socket.descriptor, $0, $1) }
        guard let bound else { throw .badHost(address.host) }
        guard bound == 0, listen(socket.descriptor, Int32(clamping: backlog)) == 0 else { throw error(for: errno, at: address) }
        return socket
    }

    private init(family: Int32) throws(ServerError) {
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("No socket to listen on: \(lastSystemError())") }
        setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        if family == AF_INET6 { setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
    }

    deinit {
        close(descriptor)
    }

    /// The address it really listens on.
    var address: SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            return unsafe getsockname(descriptor, address, &size) == 0 ? SocketAddress(address) : nil
        }
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
