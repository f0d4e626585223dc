internal import Glibc

/// Why a server could not start, in a sentence that says what to do next.
public enum ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process listens on the address.
    case addressInUse(SocketAddress)
    /// The system does not let this process listen on the address.
    case permissionDenied(SocketAddress)
    /// The host is no address of this machine.
    case addressNotAvailable(SocketAddress)
    /// The host is neither an IPv4 or IPv6 address nor `localhost`.
    case badHost(String)
    /// A descriptor that was passed to this process is no TCP socket that listens.
    case notListening(Int32)
    /// The server was started before.
    case alreadyStarted
    /// libmicrohttpd cannot be loaded; the words are the dynamic linker's.
    case libraryMissing(String)
    /// The system or libmicrohttpd refused something else.
    case failed(String)

    /// The sentence.
    public var description: String {
        switch self {
        case .addressInUse(let address): "\(address) is in use. Stop what listens there, or choose another port."
        case .permissionDenied(let address): "No permission to listen on \(address). Choose a port of 1024 or above."
        case .addressNotAvailable(let address): "\(address.host) is no address of this machine. Use one that is, or 0.0.0.0 for all."
        case .badHost(let host): "\"\(host)\" is not an address. Use an IPv4 or IPv6 address, or localhost."
        case .notListening(let descriptor):
            "Descriptor \(descriptor) is no TCP socket that listens. Pass one, as ListenStream=127.0.0.1:8080 in a socket unit of systemd does."
        case .alreadyStarted: "This server was started before. Make a new one."
        case .libraryMissing(let reason):
            "A server needs libmicrohttpd 0.9.75 or newer, made with HTTPS: \(reason). Debian's package is libmicrohttpd12."
        case .failed(let reason): reason
        }
    }
}

/// What `errno` says.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
