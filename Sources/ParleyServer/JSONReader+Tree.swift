extension JSONReader {
    /// All of the one value that `bytes` are.
    static func tree(of bytes: [UInt8]) throws(JSONFault) -> JSONTree {
        // All of it is JSON, and no name is there twice, so what follows meets nothing else.
        _ = try parse(bytes)
        var reader = JSONReader(bytes: bytes)
        return try reader.tree()
    }

    private mutating func tree() throws(JSONFault) -> JSONTree {
        switch peek() {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        default: return try scalar()
        }
    }

    private mutating func members() throws(JSONFault) -> [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        _ = take("{")
        while peek() == UInt8(ascii: "\"") {
            let name = try string()
            _ = take(":")
            members.append(JSONTree.Member(name: name, value: try tree()))
            _ = take(",")
        }
        _ = take("}")
        return members
    }

    private mutating func elements() throws(JSONFault) -> [JSONTree] {
        var elements: [JSONTree] = []
        _ = take("[")
        while !take("]") {
            elements.append(try tree())
            _ = take(",")
        }
        return elements
    }

    private mutating func scalar() throws(JSONFault) -> JSONTree {
        let start = index
        _ = try value(depth: 0)
        switch String(decoding: bytes[start..<index], as: UTF8.self) {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case let number: return .number(number)
        }
    }
}
