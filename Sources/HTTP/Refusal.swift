public import HTTPTypes

/// What the server or the router says no to, and why, in words that help the client.
public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// 400: the message breaks the protocol, or something in it cannot be decoded.
    case malformed(String)
    /// 404: no route has this path.
    case notFound
    /// 405: the path exists, for these methods.
    case methodNotAllowed(allow: [HTTPRequest.Method])
    /// 413: the body is longer than `limit` bytes.
    case contentTooLarge(limit: Int)
    /// 414: the target is longer than `limit` bytes.
    case targetTooLong(limit: Int)
    /// 431: the request line and headers together are longer than `limit` bytes.
    case headTooLarge(limit: Int)
    /// 417: an expectation other than `100-continue`.
    case expectationFailed
    /// 501: a transfer coding other than `chunked`.
    case unsupportedTransferCoding
    /// 503: the handler did not finish in time.
    case deadlineExceeded
    /// 503: the request was still waiting when the drain's deadline passed.
    case draining

    /// The status that says it ([RFC 9110, 15](https://www.rfc-editor.org/rfc/rfc9110#section-15)).
    public var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .contentTooLarge: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .expectationFailed: .expectationFailed
        case .unsupportedTransferCoding: .notImplemented
        case .deadlineExceeded, .draining: .serviceUnavailable
        }
    }

    /// A sentence for the client.
    public var description: String {
        switch self {
        case .malformed(let reason): reason
        case .notFound: "Nothing is here. Check the path."
        case .methodNotAllowed(let methods): "This path takes \(methods.allowValue)."
        case .contentTooLarge(let limit): "The body is longer than the \(limit) bytes taken here."
        case .targetTooLong(let limit): "The target is longer than the \(limit) bytes taken here."
        case .headTooLarge(let limit): "The request line and headers are longer than the \(limit) bytes taken here."
        case .expectationFailed: "The only expectation met here is 100-continue."
        case .unsupportedTransferCoding: "The only transfer coding taken here is chunked."
        case .deadlineExceeded: "The answer was not ready in time. Try again later."
        case .draining: "The server stopped before the answer was ready. A write may still have happened: look before you repeat it."
        }
    }

    /// Whether the connection ends with this answer: where the message cannot be trusted, or is not read to its end.
    public var closesConnection: Bool {
        switch self {
        case .notFound, .methodNotAllowed, .deadlineExceeded: false
        case .malformed, .contentTooLarge, .targetTooLong, .headTooLarge, .expectationFailed, .unsupportedTransferCoding, .draining: true
        }
    }
}
