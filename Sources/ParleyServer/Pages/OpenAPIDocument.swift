import HTTP
import Yams

/// `openapi.yaml`, read: what the page at `/docs` and the JSON at `/openapi.json` are made of.
struct OpenAPIDocument {
    let root: Node
    /// By the references to them, such as `#/components/schemas/Problem`.
    private let components: [String: Node]

    /// An operation: a method of a path.
    struct Operation {
        let method: String
        let path: String
        let node: Node
        /// Those of the path, then its own.
        let parameters: [Node]

        var id: String { node["operationId"]?.string ?? "\(method) \(path)" }
    }

    init(_ yaml: [UInt8]) throws {
        guard let root = try Yams.compose(yaml: String(decoding: yaml, as: UTF8.self)) else { throw Problem(.internalError, "no document") }
        self.root = root
        components = Dictionary(
            uniqueKeysWithValues: root.members("components").flatMap { kind, nodes in
                nodes.members.map { ("#/components/\(kind)/\($0.name)", $0.value) }
            }
        )
    }

    /// A node, or what it refers to.
    func resolve(_ node: Node) -> Node {
        node.text("$ref").flatMap { components[$0] } ?? node
    }

    private static let methods = ["get", "post", "put", "patch", "delete"]

    /// In the order of the document.
    var operations: [Operation] {
        root.members("paths").flatMap { path, item in
            Self.methods.compactMap { method in
                item[method].map { node in
                    Operation(
                        method: method.uppercased(),
                        path: path,
                        node: node,
                        parameters: (item.elements("parameters") + node.elements("parameters")).map(resolve)
                    )
                }
            }
        }
    }

    /// The whole document as JSON.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 100_000)
        root.write(&writer)
        writer.newline()
        return writer.bytes
    }
}

extension Node {
    /// The members of an object that is a member of this one, in order; none where there is no such object.
    func members(_ name: String) -> [(name: String, value: Node)] {
        self[name]?.members ?? []
    }

    var members: [(name: String, value: Node)] {
        mapping?.map { ($0.key.string ?? "", $0.value) } ?? []
    }

    func elements(_ name: String) -> [Node] {
        self[name].map { Array($0.sequence ?? []) } ?? []
    }

    func text(_ name: String) -> String? {
        self[name]?.string
    }

    /// As JSON on one line.
    var json: [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.bytes
    }

    fileprivate func write(_ json: inout JSONWriter) {
        if let mapping {
            json.object { json in
                for (key, value) in mapping { json.member(named: key.string ?? "") { value.write(&$0) } }
            }
        } else if let sequence {
            json.array(sequence) { json, element in element.write(&json) }
        } else {
            writeScalar(&json)
        }
    }

    /// What is written without quotes in YAML has a type of its own, and in JSON too.
    private func writeScalar(_ json: inout JSONWriter) {
        let text = string ?? ""
        switch tag {
        case Tag(.null): json.verbatim("null")
        case Tag(.bool): json.verbatim(bool == true ? "true" : "false")
        case Tag(.int), Tag(.float): json.verbatim(text)
        default: json.string(text)
        }
    }
}
