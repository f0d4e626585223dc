import HTTP
import HTTPTypes

/// Lets the pages of some origins use the server from a browser ([Fetch, 3.2](https://fetch.spec.whatwg.org/#http-cors-protocol)).
///
/// Only origins that are named, one by one: no `*`, no patterns. No cookies either: clients send tokens, which a page has to know.
struct CORS: Sendable {
    let origins: [String]

    init(origins: [String]) {
        self.origins = origins
    }

    /// Adds what a browser needs to show an answer to the page that has asked; nothing where no origin is named.
    @inline(__always)
    func allow(_ response: inout Response, to request: Request) {
        if !origins.isEmpty { add(to: &response, request) }
    }

    @inline(never)
    private func add(to response: inout Response, _ request: Request) {
        // A cache must not give the answer for one origin to another, so also where this request has none.
        response.headers.append(.vary, "Origin")
        guard let origin = allowedOrigin(of: request) else { return }
        response.headers.append(.accessControlAllowOrigin, origin)
        response.headers.append(.accessControlExposeHeaders, Self.exposedHeaders)
    }

    /// Adds to the answer to `OPTIONS` what a browser wants to know before it sends the request that it asks about.
    func answerPreflight(_ response: inout Response, _ request: Request, allowing methods: [HTTPRequest.Method]) {
        guard allowedOrigin(of: request) != nil, request.header(.accessControlRequestMethod) != nil else { return }
        response.headers.append(.accessControlAllowMethods, methods.allowValue)
        response.headers.append(.accessControlAllowHeaders, Self.allowedHeaders)
        response.headers.append(.accessControlMaxAge, "600")
    }

    private func allowedOrigin(of request: Request) -> String? {
        request.header(.origin).flatMap { origins.contains($0) ? $0 : nil }
    }

    /// What clients may send beside what a browser lets every page send.
    private static let allowedHeaders =
        "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, traceparent"

    /// What pages may read beside what a browser lets every page read.
    private static let exposedHeaders =
        "ETag, Location, Link, Retry-After, WWW-Authenticate, Allow, Accept-Patch, Accept-Post, Idempotency-Replayed, X-Request-Id"

    /// Origins as browsers write them (RFC 6454, section 6.2), with commas between them; nil where one is anything else.
    static func origins(_ text: String) -> [String]? {
        let origins = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        return origins.allSatisfy(isOrigin) ? origins.map(String.init) : nil
    }

    /// `http://localhost:3000`: lower case, no path, no port that goes without saying.
    private static func isOrigin(_ text: Substring) -> Bool {
        guard let match = text.wholeMatch(of: /(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?/) else { return false }
        let isPlain = match.output.1 == "https" ? "443" : "80"
        return match.output.3.map { $0 != isPlain && UInt16($0) != nil } ?? true
    }
}
