import Glibc
import HTTP

/// Asks a running server how it is, so that a container image needs no curl.
public struct HealthProbe: Sendable {
    /// Which probe to ask.
    public enum Kind: String, Sendable, CaseIterable {
        case live = "/livez"
        case ready = "/readyz"
        case startup = "/startupz"
    }

    public struct Answer: Sendable {
        /// Whether the server said 200.
        public let passes: Bool
        /// What it said.
        public let body: String
    }

    /// Why there was no answer.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private let host: String
    private let port: UInt16

    /// The probe of a server with these settings.
    public init(_ settings: Settings) {
        let address = settings.adminAddress ?? SocketAddress(host: settings.host, port: settings.port)
        self.init(host: address.host, port: address.port)
    }

    /// - Parameter host: where the server listens; an address that stands for all is asked through the loopback.
    public init(host: String, port: UInt16) {
        self.host =
            switch host {
            case "0.0.0.0", "localhost": "127.0.0.1"
            case "::": "::1"
            default: host
            }
        self.port = port
    }

    /// Waits at most five seconds for each part of the answer.
    public func ask(_ kind: Kind) throws(Failure) -> Answer {
        let descriptor = try connect()
        defer { close(descriptor) }
        let request = "GET \(kind.rawValue) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        let sent = unsafe request.withCString { unsafe send(descriptor, $0, request.utf8.count, Int32(MSG_NOSIGNAL)) }
        guard sent == request.utf8.count else { throw failure("cannot be asked") }
        return try parse(try receiveAll(descriptor))
    }

    private func connect() throws(Failure) -> CInt {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let address = unsafe list else {
            throw Failure(description: "\"\(host)\" is not an address")
        }
        defer { unsafe freeaddrinfo(list) }
        let descriptor = unsafe socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe Glibc.connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            let reason = failure("does not answer")
            close(descriptor)
            throw reason
        }
        return descriptor
    }

    private func receiveAll(_ descriptor: CInt) throws(Failure) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw failure("does not answer in time") }
            guard count > 0, received.count < 1 << 20 else { return received }
            received += buffer.prefix(count)
        }
    }

    private func parse(_ bytes: [UInt8]) throws(Failure) -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        let status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
        guard text.hasPrefix("HTTP/1."), let status else { throw Failure(description: "\(host):\(port) does not speak HTTP") }
        let body = text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
        return Answer(passes: status == 200, body: body)
    }

    private func failure(_ what: String) -> Failure {
        unsafe Failure(description: "\(host):\(port) \(what): \(String(cString: strerror(errno)))")
    }
}
