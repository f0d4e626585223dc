/// A JSON value, as far as a request can have use for it.
enum JSONValue: Sendable, Hashable {
    case string(String)
    case null
    case object([String: JSONValue])
    /// A number, a boolean or an array: well formed, and not kept.
    case other
}

/// Why a text is not JSON, and where.
struct JSONFault: Error, Hashable {
    let reason: String
    /// In bytes, from 0.
    let offset: Int
}

/// Reads the JSON (RFC 8259) of a request, strictly.
///
/// By hand, because `JSONDecoder` is lenient where a server has to be strict: it guesses UTF-16 and UTF-32, lets through line ends in strings,
/// leading zeros and a last comma, and of two members with one name it drops one. It also cannot say where a fault is.
struct JSONReader {
    /// Nobody sends a conversation nested more deeply; each level is a level of the stack.
    private static let deepest = 64

    let bytes: [UInt8]
    private(set) var index: Int

    /// The one value that `bytes` are; a byte order mark before it is ignored (RFC 8259, section 8.1).
    static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONFault(reason: "it is not UTF-8", offset: 0) }
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        guard reader.peek() == nil else { throw reader.fault("something stands behind the value") }
        return value
    }

    /// A member of an object, with its place.
    struct Member {
        let name: String
        let value: JSONValue
        /// The value as it is written.
        let source: ArraySlice<UInt8>
        /// Where its name begins, in bytes from 0.
        let offset: Int
    }

    /// The members of the one object that `bytes` are, in their order.
    static func members(of bytes: [UInt8]) throws(JSONFault) -> [Member] {
        // All of it is JSON, so what follows meets nothing else.
        guard case .object = try parse(bytes) else { throw JSONFault(reason: "it is no object: { … }", offset: 0) }
        var (reader, members) = (JSONReader(bytes: bytes), [Member]())
        reader.index = bytes.firstIndex(of: UInt8(ascii: "{")).map { $0 + 1 } ?? bytes.count
        while reader.peek() == UInt8(ascii: "\"") {
            let offset = reader.index
            let name = try reader.string()
            _ = reader.take(":")
            _ = reader.peek()
            let start = reader.index
            let value = try reader.value(depth: 1)
            members.append(Member(name: name, value: value, source: bytes[start..<reader.index], offset: offset))
            _ = reader.take(",")
        }
        return members
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth < Self.deepest else { throw fault("it is nested too deeply") }
        switch peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "t"): return try literal("true", .other)
        case UInt8(ascii: "f"): return try literal("false", .other)
        case nil: throw fault("it ends where a value should be")
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        index += 1
        guard !take("}") else { return members }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw fault("a name in double quotes should be here") }
            let start = index
            let name = try string()
            guard take(":") else { throw fault("a colon should be here") }
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                throw JSONFault(reason: "this name is there twice", offset: start)
            }
        } while take(",")
        guard take("}") else { throw fault("a comma or } should be here") }
        return members
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
        index += 1
        guard !take("]") else { return .other }
        repeat { _ = try value(depth: depth + 1) } while take(",")
        guard take("]") else { throw fault("a comma or ] should be here") }
        return .other
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard bytes[index...].starts(with: text.description.utf8) else { throw fault("no value is written like this") }
        index += text.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) { try digits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
            try digits()
        }
        return .other
    }

    private mutating func digits() throws(JSONFault) {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw fault("no value is written like this") }
    }
}

// MARK: - Strings

extension JSONReader {
    /// The string whose first quote is next.
    mutating func string() throws(JSONFault) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw fault("a control character has to be written as an escape")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw fault("a string has no end")
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        index += 1
        defer { index += 1 }
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(bytes[index])
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("there is no such escape")
        }
    }

    /// From the `u` to the last digit; two escapes where they are the halves of one character.
    private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        let first = try codeUnit()
        guard UTF16.isLeadSurrogate(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw fault("half of a surrogate pair is no character") }
            return scalar
        }
        guard bytes[(index + 1)...].starts(with: "\\u".utf8) else { throw fault("half of a surrogate pair is no character") }
        index += 2
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else { throw fault("half of a surrogate pair is no character") }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func codeUnit() throws(JSONFault) -> UInt16 {
        let digits = String(decoding: bytes[(index + 1)...].prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
            throw fault("four hexadecimal digits should be here")
        }
        index += 4
        return unit
    }
}

// MARK: - Bytes

extension JSONReader {
    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// The next byte that is not white space.
    mutating func peek() -> UInt8? {
        while let byte = current, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D { index += 1 }
        return current
    }

    /// Whether the next byte that is not white space is this one, and then goes past it.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        peek() == UInt8(ascii: character) && skip(UInt8(ascii: character))
    }

    @discardableResult
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private func fault(_ reason: String) -> JSONFault { JSONFault(reason: reason, offset: index) }
}
