import FoundationEssentials
import HTTP
import HTTPTypes
import Testing
import Yams

@testable import ParleyServer

/// Holds openapi.yaml to the code, and the code to openapi.yaml.
@Suite struct OpenAPITests {
    private let text: String
    private let document: JSONTree

    init() async throws {
        text = try await TestAPI(isServing: false).send(.get, "/openapi.yaml").text
        document = try OpenAPIContract.document().root
    }

    private static let methods: Set = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]

    /// `GET /conversations/{id}` for each operation that the document has; HEAD and OPTIONS come with every path, and need no entry.
    private var operations: Set<String> {
        var operations: Set<String> = []
        for (path, item) in document.members("paths") {
            for (method, _) in item.members where Self.methods.contains(method) { operations.insert("\(method.uppercased()) \(path)") }
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
        func hold(_ value: JSONTree?, to schema: JSONTree?, _ place: String) {
            guard let value, let schema else { return }
            count += 1
            #expect(check.faults(value, schema, at: place) == [])
        }
        func walk(_ node: JSONTree, _ place: String) {
            hold(node["example"], to: node["schema"], place)
            for (name, example) in node["schema"] == nil ? [] : node.members("examples") {
                hold(document.resolve(example)["value"], to: node["schema"], "\(place) \(name)")
            }
            for (name, member) in node.members { walk(member, "\(place)/\(name)") }
            for (index, element) in node.elements.enumerated() { walk(element, "\(place)/\(index)") }
        }
        walk(document.root, "")
        #expect(count > 50)
    }

    @Test func `openapi.json is openapi.yaml, in its order`() throws {
        let document = JSONTree(try #require(try Yams.compose(yaml: text)))
        #expect(self.document == document, "script/openapi makes openapi.json again")
    }

    @Test func `openapi.json is served as it is`() async throws {
        let json = try await TestAPI(isServing: false).send(.get, "/openapi.json").text
        #expect(json == String(decoding: document.json, as: UTF8.self) + "\n")
    }

    @Test func `the version is the release`() {
        #expect(document["info"]?["version"]?.string == Release.version)
        #expect(document["openapi"]?.string?.hasPrefix("3.1") == true)
    }

    @Test func `every reference leads somewhere`() {
        for reference in text.matches(of: /\$ref: ["']#\/([^"']+)["']/) {
            let node = reference.output.1.split(separator: "/").reduce(document as JSONTree?) { $0?[String($1)] }
            #expect(node != nil, "\(reference.output.1)")
        }
    }
}

extension JSONTree {
    /// YAML as JSON: what is written without quotes has a type of its own.
    fileprivate init(_ node: Node) {
        if let mapping = node.mapping {
            self = .object(mapping.map { Member(name: $0.key.string ?? "", value: JSONTree($0.value)) })
        } else if let sequence = node.sequence {
            self = .array(sequence.map { JSONTree($0) })
        } else {
            self = Self.scalar(node.string ?? "", node)
        }
    }

    private static func scalar(_ text: String, _ node: Node) -> JSONTree {
        switch node.tag {
        case Tag(.null): .null
        case Tag(.bool): .bool(node.bool == true)
        case Tag(.int), Tag(.float): .number(text)
        default: .string(text)
        }
    }
}
