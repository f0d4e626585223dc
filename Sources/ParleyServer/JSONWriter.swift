import Conversations

/// Writes JSON (RFC 8259) into a growing buffer: every response and every log line goes through it.
///
/// By hand, because it is on the path of every request: `JSONEncoder` takes ten times as long for a page of conversations. A test holds
/// its output to `JSONEncoder`'s.
struct JSONWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// The bytes of one object, and a line end: a terminal shows what follows on a line of its own.
    static func object(capacity: Int = 256, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        writer.object(body)
        writer.newline()
        return writer.bytes
    }

    /// Milliseconds with three decimals.
    static func milliseconds(_ duration: Duration) -> String {
        let microseconds = Int(duration / .microseconds(1))
        let fraction = String(microseconds % 1000)
        return String(microseconds / 1000) + "." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }

    // MARK: Values

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        enclosed(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    mutating func array<Elements: Sequence>(_ elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void) {
        enclosed(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements { body(&writer, element) }
        }
    }

    mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    // MARK: Members of an object

    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        quote(value)
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return null(name) }
        member(name, value)
    }

    mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return null(name) }
        member(name, value)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// ASCII that is known to need no escapes.
    @inline(__always)
    mutating func member<let length: Int>(_ name: StaticString, _ value: FixedText<length>) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        value.withBytes { span in unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) } }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func member(_ name: StaticString, milliseconds duration: Duration) {
        key(name)
        bytes.append(contentsOf: Self.milliseconds(duration).utf8)
    }

    /// A member whose name is not known beforehand.
    mutating func member(named name: String, _ value: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        quote(value)
    }

    /// A member whose value is an object or an array, which `body` writes.
    mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        needsComma = false
        body(&self)
    }

    mutating func null(_ name: StaticString) {
        key(name)
        bytes.append(contentsOf: "null".utf8)
    }

    /// Text that is no JSON: a line of the log for people.
    mutating func text(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A line end, behind which a document of its own begins.
    mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }
}

// MARK: - How it is done

extension JSONWriter {
    private mutating func enclosed(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func quote(_ value: String) {
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { utf8 in
            if unsafe utf8.contains(where: Self.needsEscape) {
                for index in utf8.indices { unsafe escape(utf8[index]) }
            } else {
                unsafe bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
            bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
