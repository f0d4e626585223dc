import HTTPTypes
import Testing

@testable import HTTP

@Suite struct RequestGateTests {
    private func verdict(_ headers: String, version: String = "HTTP/1.1", limits: RequestGate.Limits = .init(body: 100)) -> Refusal? {
        var gate = RequestGate(limits: limits, targetSize: 10)
        for line in headers.split(separator: "\r\n") {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let name = Array(line[..<colon].utf8)
            let value = Array(line[colon...].dropFirst().drop { $0 == " " }.utf8)
            gate.inspect(name: name.span, value: value.span)
        }
        return gate.verdict(version: version)
    }

    @Test(arguments: Smuggling.vectors.map(\.headers))
    func `a head that could hide a second request is refused and the connection closed`(headers: String) throws {
        let refusal = try #require(verdict(headers))
        #expect([400, 501].contains(refusal.status.code))
        #expect(refusal.closesConnection)
    }

    @Test(arguments: [
        "Host: test\r\n", "host: [::1]:8080\r\n", "HOST: example.org:80\r\nContent-Length: 100\r\n", "Host:\r\n",
        "Host: test\r\nTransfer-Encoding: CHUNKED\r\n", "Host: test\r\nExpect: 100-Continue\r\n", "Host: test\r\nX-Y: a\tb é\r\n",
        "Host: test\r\nContent-Length: 0\r\n",
    ])
    func `an ordinary head is let in`(headers: String) {
        #expect(verdict(headers) == nil)
    }

    @Test(arguments: ["101", "18446744073709551616", "99999999999999999999999999999999999999"])
    func `a declared length over the limit is too large`(length: String) {
        #expect(verdict("Host: test\r\nContent-Length: \(length)\r\n") == .contentTooLarge(limit: 100))
    }

    @Test func `a target or a head over its limit is too long, to the byte`() {
        let headers = "Host: test\r\nX: y\r\n"
        #expect(verdict(headers, limits: .init(body: 0, target: 9)) == .targetTooLong(limit: 9))
        #expect(verdict(headers, limits: .init(body: 0, target: 10)) == nil)
        let size = "OPTIONS ".utf8.count + 10 + " HTTP/1.1\r\n".utf8.count + headers.utf8.count
        #expect(verdict(headers, limits: .init(body: 0, head: size - 1)) == .headTooLarge(limit: size - 1))
        #expect(verdict(headers, limits: .init(body: 0, head: size)) == nil)
    }

    @Test func `a second Content-Type is refused, since it could be read as either`() {
        #expect(verdict("Host: test\r\nContent-Type: a/b\r\n") == nil)
        let refusal = verdict("Host: test\r\nContent-Type: a/b\r\ncontent-type: a/b\r\n")
        #expect(refusal == .malformed("A request has at most one Content-Type header."))
    }

    @Test func `another expectation fails`() {
        #expect(verdict("Host: test\r\nExpect: 200-maybe\r\n") == .expectationFailed)
        #expect(verdict("Host: test\r\nExpect: 100-continue\r\nExpect: more\r\n") == .expectationFailed)
    }

    @Test func `HTTP 1·0 may leave out the host but cannot be chunked`() {
        #expect(verdict("Accept: */*\r\n", version: "HTTP/1.0") == nil)
        #expect(verdict("Transfer-Encoding: chunked\r\n", version: "HTTP/1.0")?.status == .badRequest)
        #expect(verdict("Host: a\r\nHost: b\r\n", version: "HTTP/1.0")?.status == .badRequest)
        #expect(verdict("Host: test\r\n", version: "HTTP/2.0")?.status == .badRequest)
    }
}
