import Glibc
public import HTTP
import Synchronization

/// A client that sends exactly the bytes it is given. Waiting for the server happens on a thread of its own and is bounded:
/// the tests' few threads are never all blocked, and a server that says nothing fails a test instead of hanging it.
public final class Client: Sendable {
    public struct Failure: Error {
        public let reason: String
    }

    private let descriptor: Int32
    /// Nil for plain HTTP.
    private let tls: TLSClientSession?
    /// What was received and not yet read: the beginning of a pipelined response.
    private let received = Mutex<[UInt8]>([])

    /// Connects; an IPv4 address.
    ///
    /// - Parameter receiveBuffer: bytes that the system holds for it while it does not read; the system's choice unless said.
    public init(_ address: SocketAddress, receiveBuffer: Int32? = nil, tls isSecure: Bool = false) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer { unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = address.port.bigEndian
        _ = unsafe inet_pton(AF_INET, address.host, &target.sin_addr)
        let status = unsafe withUnsafeBytes(of: &target) { bytes in
            unsafe connect(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        guard status == 0 else {
            close(descriptor)
            throw Failure(reason: "not connected: \(errno)")
        }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        do {
            tls = isSecure ? try TLSClientSession(descriptor: descriptor) : nil
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Ends the connection, both ways, as a client that crashed would.
    public func vanish() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    public func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// A server that has closed the connection already is not an error here: its answer says more.
    public func send(_ bytes: [UInt8]) {
        if let tls {
            _ = tls.send(bytes)
            return
        }
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Sends the same bytes again and again, on a thread of its own: the server decides how fast.
    public func send(_ bytes: [UInt8], times: Int) async throws {
        try await onThread { for _ in 0..<times { self.send(bytes) } }
    }

    /// Says that nothing more will be sent, and goes on reading.
    public func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    public func get(_ target: String, headers: String = "") {
        send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    }

    /// Reads one response; `head` when the request was a HEAD and no body follows.
    public func reply(head: Bool = false) async throws -> Reply {
        try await onThread { try self.readReply(head: head) }
    }

    /// Reads until the server closes the connection.
    public func rest() async throws -> String {
        try await onThread {
            while try self.readMore() {}
            return self.received.withLock { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Reads until `text` has come, and everything before it.
    public func text(upTo text: String) async throws -> String {
        try await onThread {
            while true {
                let found = self.received.withLock { bytes -> String? in
                    let received = String(decoding: bytes, as: UTF8.self)
                    guard let range = received.firstRange(of: text) else { return nil }
                    let head = String(received[..<range.upperBound])
                    bytes.removeFirst(head.utf8.count)
                    return head
                }
                if let found { return found }
                guard try self.readMore() else { throw Failure(reason: "closed before \(text)") }
            }
        }
    }

    /// Reads until the server closes the connection, and keeps nothing; returns how many bytes came.
    public func countRest() async throws -> Int {
        try await onThread {
            var count = 0
            repeat {
                count += self.received.withLock { bytes in
                    defer { bytes = [] }; return bytes.count
                }
            } while try self.readMore()
            return count
        }
    }

    /// The same, on the thread that calls.
    public func readReply(head: Bool = false) throws -> Reply {
        while true {
            let reply = received.withLock { Reply(consuming: &$0, hasBody: !head) }
            if let reply { return reply }
            guard try readMore() else { throw Failure(reason: "closed before a whole response") }
        }
    }

    /// The certificate that the server shows, as DER; empty without TLS.
    public var serverCertificate: [UInt8] { tls?.peerCertificate ?? [] }

    private func readMore() throws -> Bool {
        if let tls {
            let bytes = tls.receive()
            received.withLock { $0 += bytes }
            return !bytes.isEmpty
        }
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 || errno == ECONNRESET else { throw Failure(reason: "the server says nothing: \(errno)") }
        received.withLock { $0.append(contentsOf: chunk.prefix(max(0, count))) }
        return count > 0
    }
}

/// One response, as it came.
public struct Reply: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: String

    /// The value of a header, by its lowercase name.
    public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Takes one response off the front of `bytes`; `nil` while it is not all there.
    init?(consuming bytes: inout [UInt8], hasBody: Bool) {
        guard let end = bytes.firstEndOfHead else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (name: line[..<colon].lowercased(), value: String(line[colon...].dropFirst().drop { $0 == " " }))
        }
        let isChunked = headers.contains { $0.name == "transfer-encoding" && $0.value == "chunked" }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        let body = hasBody ? bytes[(end + 4)...].body(isChunked ? nil : length) : ([], end + 4)
        guard let (content, total) = body, let status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") else { return nil }
        self.status = status
        self.headers = headers
        self.body = String(decoding: content, as: UTF8.self)
        bytes.removeFirst(total)
    }
}

extension [UInt8] {
    fileprivate var firstEndOfHead: Int? {
        guard count >= 4 else { return nil }
        return (0...(count - 4)).first { self[$0..<($0 + 4)].elementsEqual("\r\n\r\n".utf8) }
    }
}

extension ArraySlice<UInt8> {
    /// A body of a known length, or one of chunks, and where it ends; nil while it is not all there.
    fileprivate func body(_ length: Int?) -> (content: [UInt8], end: Int)? {
        if let length { return count >= length ? (Array(prefix(length)), startIndex + length) : nil }
        var (content, rest) = ([UInt8](), self)
        while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")), let size = rest[..<lineEnd].hexadecimal {
            rest = rest[(lineEnd + 1)...]
            guard rest.count >= size + 2 else { return nil }
            content += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
            if size == 0 { return (content, rest.startIndex) }
        }
        return nil
    }

    private var hexadecimal: Int? { Int(String(decoding: dropLast(), as: UTF8.self), radix: 16) }
}

/// Runs what blocks on a thread of its own.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let work = unsafe Unmanaged.passRetained(Work { continuation.resume(with: Result { try body() }) })
        var thread = pthread_t()
        unsafe pthread_create(
            &thread,
            nil,
            { work in
                if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            },
            work.toOpaque()
        )
        pthread_detach(thread)
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
