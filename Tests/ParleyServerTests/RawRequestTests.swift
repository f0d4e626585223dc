import HTTP
import HTTPTesting
import Testing

@testable import ParleyServer

/// Bytes, and what comes back for them: each row is sent as it stands to the whole API over a socket.
struct RawRequest: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: String
    /// The statuses of all answers, in order; none where the connection is closed without one.
    let statuses: [Int]
    /// Whether a second request behind the row is answered.
    let goesOn: Bool

    var testDescription: String { name }

    private init(_ name: String, _ bytes: String, _ statuses: [Int], goesOn: Bool) {
        (self.name, self.bytes, self.statuses, self.goesOn) = (name, bytes, statuses, goesOn)
    }

    /// Answered, and the connection goes on.
    static func served(_ name: String, _ bytes: String, _ statuses: Int...) -> RawRequest {
        RawRequest(name, bytes, statuses, goesOn: true)
    }

    /// Refused, and what comes behind is never looked at.
    static func refused(_ name: String, _ bytes: String, _ statuses: Int...) -> RawRequest {
        RawRequest(name, bytes, statuses, goesOn: false)
    }
}

extension RawRequest {
    private static let host = "Host: test\r\n"
    private static func get(_ target: String, _ headers: String = "") -> String { "GET \(target) HTTP/1.1\r\n\(host)\(headers)\r\n" }
    private static func post(_ headers: String, _ body: String = "") -> String {
        "POST /conversations HTTP/1.1\r\n\(host)Content-Type: application/json\r\n\(headers)\r\n\(body)"
    }
    private static func of(_ count: Int) -> String { String(repeating: "a", count: count) }

    static let lines: [RawRequest] = [
        .served("an ordinary request", get("/livez"), 200),
        .served("an empty line before a request", "\r\n" + get("/livez"), 200),
        .served("lower-case header names", "GET /livez HTTP/1.1\r\nhost: test\r\n\r\n", 200),
        .served("a lower-case method is another method", "get /livez HTTP/1.1\r\n\(host)\r\n", 405),
        .served("an unknown method", "BREW /livez HTTP/1.1\r\n\(host)\r\n", 405),
        .refused("a method that is no token", "G(T /livez HTTP/1.1\r\n\(host)\r\n", 400),
        .refused("HTTP/1.0", "GET /livez HTTP/1.0\r\n\r\n", 200),
        .refused("HTTP/0.9", "GET /livez\r\n\r\n", 400),
        .refused("HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        .refused("HTTP/1.2", "GET /livez HTTP/1.2\r\n\(host)\r\n", 400),
        .refused("HTTP/3.0", "GET /livez HTTP/3.0\r\n\(host)\r\n", 505),
        .refused("a version that is none", "GET /livez HTTQ/1.1\r\n\(host)\r\n", 400),
        .refused("no request at all", "\u{1}\u{2}\u{3}\r\n\r\n"),
        .refused("a request line that ends in LF alone", "GET /livez HTTP/1.1\n\(host)\r\n", 400),
        .refused("a NUL in the request line", "GET /livez HTTP/1.1\u{0}\r\n\(host)\r\n", 400),
        .served("two spaces in the request line, which RFC 9112, section 3, lets servers take", "GET  /livez HTTP/1.1\r\n\(host)\r\n", 200),
        .refused("a tab in the request line", "GET\t/livez\tHTTP/1.1\r\n\(host)\r\n"),
    ]

    static let targets: [RawRequest] = [
        .served("the absolute form", get("http://other.example/livez"), 200),
        .served("the absolute form without a path", get("http://test"), 404),
        .served("the asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\n\(host)\r\n", 204),
        .served("the asterisk for GET", get("*"), 404),
        .refused("the authority form", "CONNECT test:443 HTTP/1.1\r\n\(host)\r\n", 400),
        .refused("another scheme", get("ftp://test/livez"), 400),
        .refused("a relative path", get("livez"), 400),
        .refused("a fragment", get("/livez#x"), 400),
        .refused("bytes above ASCII", get("/liv\u{E9}"), 400),
        .refused("a control character", get("/liv\u{1}ez"), 400),
        .served("dots are names like others", get("/conversations/../livez"), 404),
        .served("encoded dots are names like others", get("/conversations/%2e%2e"), 400),
        .served("an encoded slash stays in its segment", get("/conversations%2F7"), 404),
        .served("a backslash is a character like others", get("/conversations\\7"), 404),
        .served("a path is decoded once", get("/%256Civez"), 404),
        .served("an encoded letter is the letter", get("/%6Civez"), 200),
        .refused("a broken escape", get("/%zz"), 400),
        .refused("half an escape", get("/livez%2"), 400),
        .refused("an encoded NUL", get("/livez%00"), 400),
        .refused("an encoded line end", get("/livez%0d%0aX-Y:%201"), 400),
        .refused("an escape that is not UTF-8", get("/%ff"), 400),
        .refused("an overlong escape", get("/%c0%afetc"), 400),
        .refused("a target of 9,000 bytes", get("/" + of(9_000)), 414),
        .refused("a target that fits nowhere", get("/" + of(60_000)), 414),
    ]

    static let heads: [RawRequest] = [
        .refused("no Host", "GET /livez HTTP/1.1\r\n\r\n", 400),
        .refused("two Hosts", get("/livez", host), 400),
        .refused("a Host with a path", "GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        .refused("two Authorizations", get("/livez", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400),
        .refused("a space before the colon", get("/livez", "X-Y : 1\r\n"), 400),
        .refused("a line without a colon", get("/livez", "X-Y\r\n"), 400),
        .refused("a line without a name", get("/livez", ": 1\r\n"), 400),
        .refused("a name that is no token", get("/livez", "X(Y): 1\r\n"), 400),
        .refused("a folded line", get("/livez", "X-Y: a\r\n b\r\n"), 400),
        .refused("a folded first line", "GET /livez HTTP/1.1\r\n X: a\r\n\(host)\r\n", 400),
        .refused("a NUL in a value", get("/livez", "X-Y: a\u{0}b\r\nAccept: */*\r\n"), 400),
        .refused("a NUL in the last value", get("/livez", "X-Y: a\u{0}b\r\n"), 400),
        .refused("a NUL in a name", get("/livez", "X\u{0}Y: a\r\nAccept: */*\r\n"), 400),
        .refused("a lone CR in a value", get("/livez", "X-Y: a\rContent-Length: 4\r\n"), 400),
        .refused("a lone LF behind a value", get("/livez", "X-Y: a\nAccept: */*\r\n"), 400),
        .refused("a lone LF behind the last value", "GET /livez HTTP/1.1\r\nHost: test\n\r\n", 400),
        .refused("a control character in a value", get("/livez", "X-Y: a\u{1}b\r\n"), 400),
        .served("bytes above ASCII in a value", get("/livez", "X-Y: \u{E9}\r\n"), 200),
        .served("spaces around a value", get("/livez", "X-Y:   a  \r\nAccept:*/*\r\n"), 200),
        .served("an empty value", get("/livez", "X-Y:\r\nX-Z: \r\n"), 200),
        .served("headers just below the limit", get("/livez", "X-Y: \(of(32_000))\r\n"), 200),
        .refused("headers above the limit", get("/livez", "X-Y: \(of(33_000))\r\n"), 431),
        .refused("a header that fits nowhere", get("/livez", "X-Y: \(of(80_000))\r\n"), 431),
        .refused("more headers than fit anywhere", get("/livez", String(repeating: "a:b\r\n", count: 9_000)), 431),
    ]

    static let bodies: [RawRequest] = [
        .served("a length", post("Content-Length: 2\r\n", "{}"), 201),
        .served("chunks", post("Transfer-Encoding: chunked\r\n", "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), 201),
        .served("chunks with extensions", post("Transfer-Encoding: chunked\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n"), 201),
        .served("chunks with a trailer", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nX-Y: 1\r\n\r\n"), 201),
        .served("a GET with a body", get("/livez", "Content-Length: 2\r\n") + "{}", 200),
        .refused("a length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
        .refused("chunks and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400),
        .refused("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), 400),
        .refused("two equal lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), 400),
        // libmicrohttpd 0.9.75 refuses these itself, and sends the head of its answer twice.
        .refused("a list of lengths", post("Content-Length: 2, 2\r\n", "{}"), 400, 400),
        .refused("a signed length", post("Content-Length: +2\r\n", "{}"), 400, 400),
        .refused("a negative length", post("Content-Length: -2\r\n", "{}"), 400, 400),
        .refused("a hexadecimal length", post("Content-Length: 0x2\r\n", "{}"), 400, 400),
        .refused("a length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", "{}"), 413, 413),
        .refused("a length above the limit", post("Content-Length: 65537\r\n"), 413),
        .refused("chunks above the limit", post("Transfer-Encoding: chunked\r\n", "11170\r\n\(of(70_000))\r\n0\r\n\r\n"), 413),
        .refused("a coding that is unknown", post("Transfer-Encoding: gzip\r\n"), 501),
        .refused("chunked behind another coding", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501),
        .refused("two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
        .refused("a coding with a vertical tab", post("Transfer-Encoding: \u{B}chunked\r\n", "0\r\n\r\n"), 400),
        .refused("chunks for HTTP/1.0", "POST /conversations HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        .refused("a chunk size that is none", post("Transfer-Encoding: chunked\r\n", "x\r\n{}\r\n0\r\n\r\n"), 400),
        .refused("a chunk size beyond 64 bits", post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"), 413),
        .refused("a chunk longer than its size", post("Transfer-Encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n"), 400),
        .refused("an unknown expectation", post("Expect: a-miracle\r\nContent-Length: 2\r\n", "{}"), 417),
        .served("an expectation that is met", post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}"), 201),
        .refused("an expectation of HTTP/1.0", "GET /livez HTTP/1.0\r\nExpect: a-miracle\r\n\r\n", 200),
        .served("pipelined requests, in their order", get("/livez") + get("/nothing") + post("Content-Length: 2\r\n", "{}"), 200, 404, 201),
    ]
}

@Suite(.timeLimit(.minutes(1))) struct RawRequestTests {
    private static let second = "GET /second HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"

    @Test(arguments: RawRequest.lines + RawRequest.targets + RawRequest.heads + RawRequest.bodies)
    func `each row is answered as it says`(row: RawRequest) async throws {
        let server = try await startServer()
        let client = try Client(server.address)
        client.send(Array(row.bytes.unicodeScalars.map { UInt8($0.value) }) + Array(Self.second.utf8))
        let answers = try await client.rest().split(separator: "HTTP/1.1 ").dropFirst(0).filter { !$0.hasPrefix("100") }
        let statuses = answers.compactMap { Int($0.prefix(3)) }
        #expect(statuses == row.statuses + (row.goesOn ? [404] : []), "\(row.name)")
        #expect(answers.contains { $0.contains("/second") } == row.goesOn, "\(row.name): the second request")
        await server.drain(timeout: .zero)
    }

    /// What stops in the middle: the time of the request passes, and the connection ends without an answer.
    @Test(arguments: [
        "", "G", "GET /livez HTTP/1.1", "GET /livez HTTP/1.1\r\nHost: te", "GET /livez HTTP/1.1\r\nHost: test\r\n",
        "POST /conversations HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n{",
        "POST /conversations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        "POST /conversations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ])
    func `half a request is cut when its time has passed`(beginning: String) async throws {
        let server = try await startServer { $0.requestTimeout = .milliseconds(200) }
        let client = try Client(server.address)
        client.send(beginning)
        #expect(try await client.rest() == "")
        await server.drain(timeout: .zero)
    }

    private func startServer(_ configure: (inout Server.Configuration) -> Void = { _ in }) async throws -> Server {
        var configuration = Server.Configuration()
        configuration.port = 0
        configuration.loops = 1
        configure(&configuration)
        let server = Server(configuration: configuration, responder: try await TestAPI().api)
        try server.start()
        return server
    }
}
