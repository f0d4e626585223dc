/// A JSON value with all that is written in it, in its order. Requests have less use for one: ``JSONValue``.
///
/// `JSONDecoder` does not keep the order of members, in which a page is to show them.
enum JSONTree: Sendable, Hashable {
    case string(String)
    /// As it is written.
    case number(String)
    case bool(Bool)
    case null
    case array([JSONTree])
    case object([Member])

    struct Member: Sendable, Hashable {
        let name: String
        let value: JSONTree
    }

    subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The members of an object, in order; none of another value.
    var members: [(name: String, value: JSONTree)] {
        guard case .object(let members) = self else { return [] }
        return members.map { ($0.name, $0.value) }
    }

    /// The elements of an array; none of another value.
    var elements: [JSONTree] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    // MARK: Of a member

    func members(_ name: String) -> [(name: String, value: JSONTree)] {
        self[name]?.members ?? []
    }

    func elements(_ name: String) -> [JSONTree] {
        self[name]?.elements ?? []
    }

    func text(_ name: String) -> String? {
        self[name]?.string
    }

    func isTrue(_ name: String) -> Bool {
        self[name] == .bool(true)
    }
}

extension JSONTree: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral members: (String, JSONTree)...) {
        self = .object(members.map(Member.init))
    }
}

// MARK: - Reading and writing

extension JSONTree {
    /// The one value that `bytes` are.
    init(_ bytes: [UInt8]) throws(JSONFault) {
        self = try JSONReader.tree(of: bytes)
    }

    /// On one line.
    var json: [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.bytes
    }

    private func write(_ json: inout JSONWriter) {
        switch self {
        case .string(let text): json.string(text)
        case .number(let number): json.verbatim(number)
        case .bool(let value): json.verbatim(value ? "true" : "false")
        case .null: json.verbatim("null")
        case .array(let elements): json.array(elements) { json, element in element.write(&json) }
        case .object(let members):
            json.object { json in
                for member in members { json.member(named: member.name) { member.value.write(&$0) } }
            }
        }
    }
}
