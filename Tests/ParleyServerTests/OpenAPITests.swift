import FoundationEssentials
import HTTP
import HTTPTypes
import Testing
import Yams

@testable import ParleyServer

/// Holds openapi.yaml to the code, and the code to openapi.yaml.
@Suite struct OpenAPITests {
    private let text: String
    private let document: Node

    init() async throws {
        text = try await TestAPI(isServing: false).send(.get, "/openapi.yaml").text
        document = try #require(try Yams.compose(yaml: text))
    }

    private static let methods: Set = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]

    /// `GET /conversations/{id}` for each operation that the document has; HEAD and OPTIONS come with every path, and need no entry.
    private var operations: Set<String> {
        var operations: Set<String> = []
        for (path, item) in document["paths"]?.mapping ?? [:] {
            let methods = item.mapping.map { $0.keys.compactMap(\.string) } ?? []
            for method in methods where Self.methods.contains(method) { operations.insert("\(method.uppercased()) \(path.string ?? "")") }
        }
        return operations
    }

    private var routes: Set<String> {
        Set(Application(settings: Settings(), sink: LogSink(descriptor: -1), format: .json).routes)
    }

    @Test func `every route is in the document`() {
        #expect(routes.subtracting(operations).sorted() == [])
    }

    @Test func `every operation of the document is a route`() {
        #expect(operations.filter { !$0.hasPrefix("HEAD ") && !$0.hasPrefix("OPTIONS ") }.filter { !routes.contains($0) } == [])
    }

    @Test(arguments: ProblemCode.allCases)
    func `every problem code is in the document`(code: ProblemCode) {
        #expect(text.matches(of: /[a-z-]+/).contains { $0.output == code.rawValue })
    }

    @Test func `every documented answer of every operation is given`() async throws {
        let walk = try await OpenAPIWalk()
        try await walk.run()
        #expect(try OpenAPIContract.documentedAnswers().subtracting(walk.answers).subtracting(OpenAPIWalk.elsewhere.keys).sorted() == [])
    }

    @Test func `an answer that the document does not have is noticed`() async throws {
        let contract = try await TestAPI(isServing: false).contract
        let request = try Request(.get, "/livez")
        let headers: Headers = [.requestID: "x", .cacheControl: "no-store", .contentType: "application/health+json"]
        let answers = [
            Response(status: .created, headers: headers), Response(status: .ok, headers: headers, body: Array("{}".utf8)),
            Response(status: .ok, headers: [.contentType: "text/html"]),
        ]
        for answer in answers { #expect(!contract.faults(in: answer, to: request).isEmpty) }
        let good = Response(status: .ok, headers: headers, body: Array(#"{"status":"pass","version":"1","releaseId":"0"}"#.utf8))
        #expect(contract.faults(in: good, to: request) == [])
    }

    @Test func `every example fits its schema`() throws {
        let document = try OpenAPIContract.document()
        let check = SchemaCheck(document: document)
        var count = 0
        func hold(_ value: Node?, to schema: Node?, _ place: String) {
            guard let value, let schema else { return }
            count += 1
            #expect(check.faults(value, schema, at: place) == [])
        }
        func walk(_ node: Node, _ place: String) {
            hold(node["example"], to: node["schema"], place)
            for (name, example) in node["schema"] == nil ? [] : node.members("examples") {
                hold(document.resolve(example)["value"], to: node["schema"], "\(place) \(name)")
            }
            for (name, member) in node.members { walk(member, "\(place)/\(name)") }
            for (index, element) in (node.sequence ?? []).enumerated() { walk(element, "\(place)/\(index)") }
        }
        walk(document.root, "")
        #expect(count > 50)
    }

    @Test func `the version is the release`() {
        #expect(document["info"]?["version"]?.string == Release.version)
        #expect(document["openapi"]?.string?.hasPrefix("3.1") == true)
    }

    @Test func `every reference leads somewhere`() {
        for reference in text.matches(of: /\$ref: ["']#\/([^"']+)["']/) {
            let node = reference.output.1.split(separator: "/").reduce(document as Node?) { $0?[String($1)] }
            #expect(node != nil, "\(reference.output.1)")
        }
    }
}
