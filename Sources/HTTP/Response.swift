public import HTTPTypes

/// What a request is answered with: a status, headers and a body, complete or made while it is sent.
///
/// The server adds `Date` and `Content-Length` (or the chunked coding, for a body that is made while it is sent), sends a `HEAD` its headers
/// only, and says `Connection: close` when it is draining.
/// A header that cannot go on the wire (a line break or tab in its value, an empty value) turns the whole answer into a bare 500:
/// a response that silently lost a header could be less safe than none.
public struct Response: Sendable {
    /// The status code; 100–199 are the server's own and become 500.
    public var status: HTTPResponse.Status
    /// The headers, without `Content-Length`, which is the server's to say.
    public var headers: Headers
    /// The body.
    public var content: Content
    /// Whether the connection ends after this answer.
    public var closesConnection: Bool

    /// A response.
    public init(
        status: HTTPResponse.Status,
        headers: Headers = [:],
        body: [UInt8] = [],
        closesConnection: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.content = .bytes(body)
        self.closesConnection = closesConnection
    }

    /// A response whose body `produce` writes while it is sent. A `HEAD` request never starts it.
    ///
    /// `produce` begins on the event loop's thread when the response has been returned. One that throws cuts the connection, so that the
    /// client cannot take what it has for the whole; an HTTP/1.0 client, which knows an end by nothing else, cannot tell.
    public init(status: HTTPResponse.Status, headers: Headers = [:], _ produce: @escaping Producer) {
        self.status = status
        self.headers = headers
        self.content = .stream(produce)
        self.closesConnection = false
    }

    /// What writes a streamed body.
    public typealias Producer = @Sendable (BodyWriter) async throws -> Void

    /// A body in one of its forms.
    public enum Content: Sendable {
        /// All of it; empty for none.
        case bytes([UInt8])
        /// What makes it while it is sent.
        case stream(Producer)
    }

    /// The body where it is complete; empty for one that is made while it is sent.
    public var body: [UInt8] {
        get { if case .bytes(let bytes) = content { bytes } else { [] } }
        set { content = .bytes(newValue) }
    }

    /// The answer to `OPTIONS`: 204 and the methods a path takes ([RFC 9110, 9.3.7](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.7)).
    public static func options(allowing methods: [HTTPRequest.Method]) -> Response {
        Response(status: .noContent, headers: [.allow: methods.allowValue])
    }

    /// A refusal as a line of plain text: what a responder that has nothing better to say answers.
    public init(_ refusal: Refusal) {
        var headers: Headers = [.contentType: "text/plain; charset=utf-8"]
        if case .methodNotAllowed(let methods) = refusal { headers.append(.allow, methods.allowValue) }
        self.init(
            status: refusal.status,
            headers: headers,
            body: Array((refusal.description + "\n").utf8),
            closesConnection: refusal.closesConnection
        )
    }
}

extension [HTTPRequest.Method] {
    /// The methods as an `Allow` header names them.
    public var allowValue: String {
        map(\.rawValue).joined(separator: ", ")
    }
}
