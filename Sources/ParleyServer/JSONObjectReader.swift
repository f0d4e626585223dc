/// Reads the members of one JSON object, strictly by RFC 8259: UTF-8 without a byte order mark, no trailing commas, no name twice.
///
/// By hand, because Foundation's decoder takes UTF-16, trailing commas and repeated names, and is slower than the commit it would wait for.
/// What a member holds matters only as far as a conversation has use for it, so of other values only the syntax is checked.
struct JSONObjectReader {
    enum Value: Sendable, Hashable {
        case string(String)
        case null
        /// A number, a boolean, an array or an object.
        case other
    }

    enum Fault: Error, Sendable, Hashable {
        /// The text is no JSON, from this byte on.
        case syntax(offset: Int)
        /// It is JSON, and no object.
        case notAnObject
        /// A name stands in it twice.
        case repeated(String)
    }

    private let bytes: [UInt8]
    private var index = 0

    /// - Throws: ``Fault``.
    static func members(of bytes: [UInt8]) throws(Fault) -> [String: Value] {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .syntax(offset: 0) }
        var reader = JSONObjectReader(bytes: bytes)
        let members = try reader.document()
        guard reader.next == nil else { throw reader.fault }
        guard let members else { throw .notAnObject }
        return members
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func document() throws(Fault) -> [String: Value]? {
        skipSpace()
        guard next == UInt8(ascii: "{") else {
            _ = try value()
            skipSpace()
            return nil
        }
        let members = try object()
        skipSpace()
        return members
    }

    private mutating func object() throws(Fault) -> [String: Value] {
        var members: [String: Value] = [:]
        try expect(UInt8(ascii: "{"))
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            let name = try string()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            guard members.updateValue(try value(), forKey: name) == nil else { throw .repeated(name) }
            skipSpace()
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        return members
    }

    private mutating func value() throws(Fault) -> Value {
        skipSpace()
        switch next {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested()
        default: try skipScalar()
        }
        return .other
    }
}

// MARK: - Values that are passed over

extension JSONObjectReader {
    /// An array or an object. What is open stands on a stack of bytes: a body that nests deeply takes memory, not calls.
    private mutating func skipNested() throws(Fault) {
        var closing: [UInt8] = []
        try open(&closing)
        while let end = closing.last {
            if end == UInt8(ascii: "}") { try skipName() }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"), UInt8(ascii: "["): try open(&closing)
            case UInt8(ascii: "\""):
                _ = try string()
                try endElement(&closing)
            default:
                try skipScalar()
                try endElement(&closing)
            }
        }
    }

    /// Takes an opening bracket, and the closing one where nothing stands between them.
    private mutating func open(_ closing: inout [UInt8]) throws(Fault) {
        let end = next == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
        index += 1
        skipSpace()
        if take(end) { return try endElement(&closing) }
        closing.append(end)
    }

    /// Behind an element: a comma, behind which another one has to follow, or as many closing brackets as there are.
    private mutating func endElement(_ closing: inout [UInt8]) throws(Fault) {
        while let end = closing.last {
            skipSpace()
            if take(UInt8(ascii: ",")) { return }
            try expect(end)
            closing.removeLast()
        }
    }

    private mutating func skipName() throws(Fault) {
        skipSpace()
        _ = try string()
        skipSpace()
        try expect(UInt8(ascii: ":"))
    }

    private mutating func skipScalar() throws(Fault) {
        switch next {
        case UInt8(ascii: "t"): try expect("true")
        case UInt8(ascii: "f"): try expect("false")
        case UInt8(ascii: "n"): try expect("null")
        default: try skipNumber()
        }
    }

    private mutating func skipNumber() throws(Fault) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try skipDigits() }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(Fault) {
        let start = index
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw fault }
    }
}

// MARK: - Strings and single bytes

extension JSONObjectReader {
    private mutating func string() throws(Fault) -> String {
        try expect(UInt8(ascii: "\""))
        let start = index
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        var text = Array(bytes[start..<index])
        while !take(UInt8(ascii: "\"")) {
            guard let byte = next, byte >= 0x20 else { throw fault }
            index += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        guard let byte = next else { throw fault }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
        default:
            index -= 1
            throw fault
        }
    }

    /// The scalar of `\uXXXX`, or of two of them that are a surrogate pair; half a pair is an error.
    private mutating func scalar() throws(Fault) -> Character {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        try expect("\\u")
        let second = try hexadecimal()
        guard first < 0xDC00, (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { throw fault }
            number = number << 4 | UInt32(digit)
            index += 1
        }
        return number
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var fault: Fault { .syntax(offset: index) }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Fault) {
        guard take(byte) else { throw fault }
    }

    private mutating func expect(_ word: StaticString) throws(Fault) {
        for offset in 0..<word.utf8CodeUnitCount { try expect(unsafe word.utf8Start[offset]) }
    }
}
