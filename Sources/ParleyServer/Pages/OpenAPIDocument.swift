/// `openapi.json`, read: what the page at `/docs` is made of.
struct OpenAPIDocument {
    let root: JSONTree
    /// By the references to them, such as `#/components/schemas/Problem`.
    private let components: [String: JSONTree]

    /// An operation: a method of a path.
    struct Operation {
        let method: String
        let path: String
        let node: JSONTree
        /// Those of the path, then its own.
        let parameters: [JSONTree]

        var id: String { node["operationId"]?.string ?? "\(method) \(path)" }
    }

    init(_ json: [UInt8]) throws {
        let root = try JSONTree(json)
        self.root = root
        components = Dictionary(
            uniqueKeysWithValues: root.members("components").flatMap { kind, nodes in
                nodes.members.map { ("#/components/\(kind)/\($0.name)", $0.value) }
            }
        )
    }

    /// A node, or what it refers to.
    func resolve(_ node: JSONTree) -> JSONTree {
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
}
