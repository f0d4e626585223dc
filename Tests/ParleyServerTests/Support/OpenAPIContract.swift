import HTTP
import HTTPTypes
import Synchronization
import Testing

@testable import ParleyServer

/// Holds answers to `openapi.yaml`: the status is documented, its headers are there and no others, and the body fits its schema.
final class OpenAPIContract: Sendable {
    /// What every answer may have, and the document tells of in its introduction.
    private static let common: Set<HTTPField.Name> = [.contentType, .contentTypeOptions, .date, .contentLength]

    private let reached = Mutex<Set<String>>([])
    private let router: Router

    init(router: Router) {
        self.router = router
    }

    /// `GET /conversations 200` for each documented answer that there has been.
    var answers: Set<String> { reached.withLock { $0 } }

    static func document() throws -> OpenAPIDocument {
        try OpenAPIDocument(PackageResources.openapi_json)
    }

    /// What all answers are held to.
    private struct Terms {
        let document: OpenAPIDocument
        /// By what they answer: `GET /conversations 200`.
        var answers: [String: JSONTree] = [:]

        init() throws {
            document = try OpenAPIContract.document()
            for operation in document.operations {
                for (status, node) in operation.node.members("responses") {
                    answers["\(operation.name) \(status)"] = document.resolve(node)
                }
            }
        }
    }

    private static let terms = try? Terms()

    /// Every status of every operation: `GET /conversations 200`.
    static func documentedAnswers() throws -> Set<String> {
        Set(try document().operations.flatMap { operation in operation.node.members("responses").map { "\(operation.name) \($0.name)" } })
    }

    /// Fails the test where an answer is not as the document says.
    func check(_ response: Response, to request: Request) {
        for fault in faults(in: response, to: request) { Issue.record("openapi.yaml: \(fault): \(response.text.prefix(300))") }
    }

    /// What is wrong with an answer; empty where nothing is.
    func faults(in response: Response, to request: Request) -> [String] {
        switch router.match(request) {
        case .handler(let route, _):
            let name = "\(request.method == .head ? .get : request.method) \(route.pattern)"
            reached.withLock { _ = $0.insert("\(name) \(response.status.code)") }
            return Self.judge(response, of: name)
        case .options, .refused(.methodNotAllowed, _): return []
        case .refused: return Self.judge(response, of: "GET /conversations/{id}", as: 404)
        }
    }

    /// - Parameter status: where it is another one than the answer's: what belongs to no operation looks like what does.
    private static func judge(_ response: Response, of operation: String, as status: Int? = nil) -> [String] {
        guard let terms else { return ["it cannot be read"] }
        let name = "\(operation) \(status ?? response.status.code)"
        guard let node = terms.answers[name] else { return ["\(name) is not documented"] }
        return (headerFaults(response, node, terms.document) + bodyFaults(response, node, terms.document)).map { "\(name): \($0)" }
    }

    private static func headerFaults(_ response: Response, _ documented: JSONTree, _ document: OpenAPIDocument) -> [String] {
        let headers = documented.members("headers").map { (name: $0.name, node: document.resolve($0.value)) }
        let missing = headers.filter { $0.node.isTrue("required") }.filter { header in
            !response.headers.fields.contains { $0.name.rawName.lowercased() == header.name.lowercased() }
        }
        let check = SchemaCheck(document: document)
        return missing.map { "\($0.name) is missing" }
            + response.headers.fields.filter { !common.contains($0.name) }.flatMap { field -> [String] in
                let header = headers.first { $0.name.lowercased() == field.name.rawName.lowercased() }
                guard let header else { return ["\(field.name) is not documented"] }
                return check.faults(.string(field.value), header.node["schema"] ?? [:], at: header.name)
            }
    }

    private static func bodyFaults(_ response: Response, _ documented: JSONTree, _ document: OpenAPIDocument) -> [String] {
        let content = documented.members("content")
        // A 304 goes along with the body of the 200, whose length it tells.
        guard !content.isEmpty else { return response.body.isEmpty || response.status == .notModified ? [] : ["there is a body"] }
        let type = response.headers[.contentType] ?? "no type"
        guard let media = content.first(where: { $0.name == type })?.value else { return ["\(type) is not documented"] }
        guard type.hasSuffix("json"), let schema = media["schema"] else { return [] }
        return SchemaCheck(document: document).faults(inText: response.text, schema)
    }
}

extension OpenAPIDocument.Operation {
    var name: String { "\(method) \(path)" }
}
