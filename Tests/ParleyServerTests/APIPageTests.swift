import FoundationEssentials
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct APIPageTests {
    private let server: TestAPI
    private let page: Response

    init() async throws {
        server = try await TestAPI(isServing: false)
        page = try await server.send(.get, "/docs")
    }

    @Test func `it is a page that loads and runs nothing`() {
        #expect(page.status.code == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'; ") == true)
        #expect(page.text.isWellFormed)
        for word in ["<script", "src=", "style="] { #expect(!page.text.contains(word), "\(word)") }
    }

    @Test func `every route is on it, under a link`() {
        let routes = Application(settings: Settings(), sink: LogSink(descriptor: -1), format: .json).routes
        for route in routes { #expect(page.text.contains("\">\(route)</a></li>"), "\(route)") }
    }

    @Test func `every problem code is on it`() {
        for code in ProblemCode.allCases { #expect(page.text.contains("<code>\(code.rawValue)</code>")) }
    }

    @Test func `every link in it leads somewhere`() async throws {
        let targets = page.text.tags.compactMap { $0.firstMatch(of: /^a href="([^"]+)"/).map { String($0.output.1) } }
        #expect(targets.count > 50)
        for target in Set(targets) where target.hasPrefix("/") {
            #expect(try await server.send(.get, target).status.code == 200, "\(target)")
        }
        for target in Set(targets) where target.hasPrefix("#") { #expect(page.text.contains("id=\"\(target.dropFirst())\""), "\(target)") }
    }

    @Test func `nothing of the document's own notation is left`() {
        // Examples stand as they are.
        let prose = page.text.split(separator: "<pre>").map { $0.split(separator: "</pre>").last ?? "" }.joined()
        for mark in ["$ref", "**", "`", "|---"] { #expect(!prose.contains(mark), "\(mark)") }
    }

    @Test func `the document is there as JSON, with the types that YAML gives`() async throws {
        let response = try await server.send(.get, "/openapi.json")
        #expect(response.status.code == 200 && response.headers[.contentType] == "application/json")
        struct Document: Decodable {
            struct Info: Decodable { let version: String }
            struct Parameter: Decodable { let required: Bool? }
            struct Components: Decodable { let parameters: [String: Parameter] }
            let openapi: String
            let info: Info
            let components: Components
        }
        let document = try response.decoded(as: Document.self)
        #expect(document.openapi == "3.1.0" && document.info.version == Release.version)
        #expect(document.components.parameters["ConversationId"]?.required == true)
    }

    @Test(arguments: [
        ("a `b` **c**", "<p>a <code>b</code> <strong>c</strong></p>\n"), ("`<**>`", "<p><code>&lt;**&gt;</code></p>\n"),
        ("[x](/y?a&b)", "<p><a href=\"/y?a&amp;b\">x</a></p>\n"), ("a ` b", "<p>a ` b</p>\n"), ("a\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("- a\n  b\n- c", "<ul><li>a\nb</li>\n<li>c</li>\n</ul>\n"),
        (
            "| a | `b` |\n|---|---|\n| 1 | 2 |",
            """
            <div class="wide"><table><thead><tr><th>a</th><th><code>b</code></th></tr></thead>
            <tbody><tr><td>1</td><td>2</td></tr>
            </tbody></table></div>

            """
        ),
    ])
    func `descriptions are shown as they are meant`(text: String, html: String) {
        #expect(Markdown.html(text).markup == html)
    }
}
