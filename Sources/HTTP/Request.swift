public import HTTPTypes
internal import Synchronization

/// A request: its head, looked up on demand, and its body.
///
/// It reads the server's own memory on the event loop's thread, so it is not `Sendable`: take from it what another task needs.
/// It stays valid for as long as it is held.
public struct Request {
    /// Tells a server's requests apart; the refusal of a request has the request's own.
    public let number: UInt64
    /// The method, as sent.
    public let method: HTTPRequest.Method
    /// The path without the query, still percent-encoded; empty in a refusal of a target that could not be parsed.
    public let path: String
    /// What follows the path's `?`.
    public let query: Query
    /// The body, at most ``Server/Configuration/maximumBodySize`` bytes; empty where it comes as ``chunks``.
    public let body: [UInt8]

    let head: RequestHead
    let pipe: BodyPipe?

    init(number: UInt64, method: HTTPRequest.Method, target: RequestTarget, head: RequestHead, body: [UInt8], pipe: BodyPipe? = nil) {
        self.number = number
        self.method = method
        self.path = target.path
        self.query = target.query
        self.head = head
        self.body = body
        self.pipe = pipe
    }

    /// The body piece by piece, for one reader.
    public var chunks: RequestBody { pipe.map(RequestBody.init) ?? RequestBody(body) }

    /// A request made in memory, for tests without a socket.
    ///
    /// - Throws: ``Refusal/malformed(_:)`` for a target a server would refuse.
    public init(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: Headers = [:],
        body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1"
    ) throws(Refusal) {
        let head = RequestHead(.copied(headers, remoteAddress: remoteAddress), arrival: .now)
        self.init(number: Self.nextNumber(), method: method, target: try RequestTarget(parsing: target), head: head, body: body)
    }

    /// The number of a request that has just arrived.
    static func nextNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

    private static let lastNumber = Atomic<UInt64>(0)

    /// When its request line was there.
    public var arrival: ContinuousClock.Instant { head.arrival }

    /// Whether the server has answered in place of the handler, or has cut the connection. A handler that is cancelled without that has lost its
    /// client.
    public var isAnsweredFor: Bool { head.isAnsweredFor }

    /// The value of the first header called `name`.
    public func header(_ name: HTTPField.Name) -> String? {
        head.first(name)
    }

    /// The values of every header called `name`, in order: `If-Match` and other lists may be sent in several lines.
    public func headerValues(_ name: HTTPField.Name) -> [String] {
        head.values(name)
    }

    /// The client's address, without its port. Behind a proxy it is the proxy's.
    public var remoteAddress: String {
        head.remoteAddress
    }
}
