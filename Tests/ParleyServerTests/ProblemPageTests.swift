import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct ProblemPageTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    /// What Firefox sends.
    private static let browser: Headers = [.accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]

    @Test(arguments: ProblemCode.allCases)
    func `the type of each problem leads to plain text about it`(code: ProblemCode) async throws {
        let response = try await server.send(.get, "/problems/\(code.rawValue)")
        #expect(response.status.code == 200 && response.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(response.headers[.vary] == "Accept" && response.text.contains("\(code.status.code)"))
        for text in [code.title, code.entry.meaning, code.entry.remedy, "\"\(code.entry.example)\""] {
            #expect(response.text.contains(text))
        }
    }

    @Test(arguments: ProblemCode.allCases)
    func `a browser gets a page about it, with an example`(code: ProblemCode) async throws {
        let response = try await server.send(.get, "/problems/\(code.rawValue)", Self.browser)
        #expect(response.status.code == 200 && response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(response.headers[.vary] == "Accept" && response.text.isWellFormed)
        for text in [code.title, code.entry.meaning, code.entry.remedy] { #expect(response.text.contains(("\(text)" as HTML).markup)) }
        #expect(response.text.contains("&quot;code&quot;: &quot;\(code.rawValue)&quot;"))
    }

    @Test func `there is a list of all`() async throws {
        let (text, page) = (try await server.send(.get, "/problems"), try await server.send(.get, "/problems", Self.browser))
        #expect(page.text.isWellFormed)
        for code in ProblemCode.allCases {
            #expect(text.text.contains("\(code.status.code) \(code.rawValue): "))
            #expect(page.text.contains("<a href=\"/problems/\(code.rawValue)\">"))
        }
    }

    @Test func `a page loads and runs nothing`() async throws {
        let response = try await server.send(.get, "/problems/busy", Self.browser)
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'"))
        #expect(response.headers[.referrerPolicy] == "no-referrer")
        for word in ["<script", "src=", "url(", "style=", " on"] { #expect(!response.text.tags.contains { $0.contains(word) }, "\(word)") }
    }

    @Test(arguments: ["image/png", "application/problem+json, application/json"])
    func `a client that wants neither gets the text, since a page that explains is better than none`(accept: String) async throws {
        let response = try await server.send(.get, "/problems/busy", [.accept: accept])
        #expect(response.status.code == 200 && response.headers[.contentType] == "text/plain; charset=utf-8")
    }

    @Test func `a problem that does not exist is not found, and those that do are told`() async throws {
        let problem = try await server.send(.get, "/problems/no-such").problem
        #expect(problem.code == "not-found" && problem.detail.contains("/problems"))
    }

    @Test func `text never becomes markup`() {
        let text = "<b onclick='x'>&\"</b>"
        #expect(("<p title=\"\(text)\">" as HTML).markup == "<p title=\"&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;&lt;/b&gt;\">")
    }

    @Test(arguments: [
        ("{}\n", "{}"), (#"{"a":[],"b":{}}"#, "{\n  \"a\": [],\n  \"b\": {}\n}"),
        (#"[1,{"a":"x,{\"y\\"}]"#, "[\n  1,\n  {\n    \"a\": \"x,{\\\"y\\\\\"\n  }\n]"),
    ])
    func `JSON is indented outside of strings only`(json: String, indented: String) {
        #expect(JSONIndentation.indented(Array(json.utf8)) == indented)
    }
}
