import HTTPTypes
import Testing

@testable import HTTP

@Suite struct RequestTests {
    @Test(arguments: [
        ("/a/b", "/a/b", ""), ("/a?b=c?d", "/a", "b=c?d"), ("/a?", "/a", ""), ("*", "*", ""), ("//a", "//a", ""),
        ("http://host:80/a?b", "/a", "b"), ("HTTP://host", "/", ""), ("https://host?b", "/", "b"), ("/a%00", "/a%00", ""),
    ])
    func `a target is split into path and query`(target: String, path: String, query: String) throws {
        let request = try Request(.get, target)
        #expect(request.path == path)
        #expect(request.query.rawValue == query)
    }

    @Test(arguments: ["", "a", "/a b", "/a#b", "/é", "/a\u{7F}", "/a\tb", "host:443", "ftp://host/a", "?a"])
    func `a target that is no path is refused`(target: String) {
        #expect(throws: Refusal.self) { try Request(.get, target) }
    }

    @Test func `headers are found without regard to case, one or all`() throws {
        var headers: Headers = [.ifMatch: "\"a\"", .accept: "*/*"]
        headers.append(.ifMatch, "\"b\"")
        let request = try Request(.get, "/", headers: headers)
        #expect(try request.header(#require(HTTPField.Name("IF-MATCH"))) == "\"a\"")
        #expect(request.headerValues(.ifMatch) == ["\"a\"", "\"b\""])
        #expect(request.header(.eTag) == nil)
        #expect(request.remoteAddress == "127.0.0.1")
    }

    @Test func `setting a header replaces every field of its name`() {
        var headers: Headers = [.eTag: "1"]
        headers.append(.eTag, "2")
        headers[.eTag] = "3"
        #expect(headers.values(.eTag) == ["3"])
        headers[.eTag] = nil
        #expect(headers.fields.isEmpty)
    }
}
