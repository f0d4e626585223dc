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
        var writer = JSONWriter(capacity: 16)
        writer.milliseconds(duration)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    // MARK: Values

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    mutating func array<Elements: Sequence>(_ elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void) {
        begin(UInt8(ascii: "["))
        for element in elements { body(&self, element) }
        end(UInt8(ascii: "]"))
    }

    // For documents that are written bit by bit.

    mutating func beginObject() { begin(UInt8(ascii: "{")) }
    mutating func endObject() { end(UInt8(ascii: "}")) }
    mutating func endArray() { end(UInt8(ascii: "]")) }
    mutating func beginArray(_ name: StaticString) {
        key(name)
        needsComma = false
        begin(UInt8(ascii: "["))
    }

    mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    /// A number, true, false or null, as it is.
    mutating func verbatim(_ value: String) {
        separate()
        bytes.append(contentsOf: value.utf8)
    }

    // MARK: Members of an object

    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        quote(value)
    }

    /// UTF-8 text where it lies.
    mutating func member(_ name: StaticString, _ value: Span<UInt8>) {
        key(name)
        quote(value)
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return null(name) }
        member(name, value)
    }

    mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        decimal(value)
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
        value.withBytes { span in quoteVerbatim(span) }
    }

    mutating func member(_ name: StaticString, milliseconds duration: Duration) {
        key(name)
        milliseconds(duration)
    }

    /// A member whose name is not known beforehand.
    mutating func member(named name: String, _ value: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        quote(value)
    }

    mutating func member(named name: String, _ value: Int) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        decimal(value)
    }

    /// A member whose name is not known beforehand, and whose value `body` writes.
    mutating func member(named name: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        body(&self)
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

    /// A line end, behind which a document of its own begins.
    mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }
}

// MARK: - How it is done

extension JSONWriter {
    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// `,"name":` in one go: half of what a response is made of is keys.
    private mutating func key(_ name: StaticString) {
        let comma = needsComma ? 1 : 0
        needsComma = true
        let length = name.utf8CodeUnitCount
        unsafe write(comma + length + 3) { target in
            unsafe target[0] = UInt8(ascii: ",")
            unsafe target[comma] = UInt8(ascii: "\"")
            unsafe (target + comma + 1).update(from: name.utf8Start, count: length)
            unsafe target[comma + length + 1] = UInt8(ascii: "\"")
            unsafe target[comma + length + 2] = UInt8(ascii: ":")
        }
    }

    private mutating func decimal(_ value: Int, minimumDigits: Int = 1) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = digits.count
        var rest = value.magnitude
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0 || digits.count - first < minimumDigits
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        for index in first..<digits.count { bytes.append(digits[index]) }
    }

    private mutating func milliseconds(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        decimal(microseconds / 1000)
        bytes.append(UInt8(ascii: "."))
        decimal(microseconds % 1000, minimumDigits: 3)
    }

    private mutating func quote(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in unsafe quote(Span(_unsafeElements: utf8)) }
    }

    private mutating func quote(_ text: Span<UInt8>) {
        if Self.needsEscapes(text) { quoteEscaping(text) } else { quoteVerbatim(text) }
    }

    /// Looks at sixteen bytes at a time: most text has nothing to escape, and every byte of every response is looked at.
    static func needsEscapes(_ text: Span<UInt8>) -> Bool {
        unsafe text.withUnsafeBytes { bytes in
            let size = MemoryLayout<SIMD16<UInt8>>.size
            guard bytes.count >= size else { return unsafe bytes.contains(where: needsEscape) }
            // The last sixteen, some of which are looked at twice.
            var found = escapes(in: unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - size, as: SIMD16<UInt8>.self))
            var index = 0
            while index + size < bytes.count {
                found |= escapes(in: unsafe bytes.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self))
                index += size
            }
            let halves = unsafe unsafeBitCast(found, to: SIMD2<UInt64>.self)
            return (halves[0] | halves[1]) & 0x8080_8080_8080_8080 != 0
        }
    }

    /// Sets the highest bit of each byte that is below 0x20, a quote or a backslash: a byte that is less than `n` gets it when `n` is subtracted
    /// from it, unless it had it before. Swift 6.3 takes comparisons to a `SIMDMask` apart byte by byte, and a call would take longer than this.
    @inline(__always)
    private static func escapes(in bytes: SIMD16<UInt8>) -> SIMD16<UInt8> {
        let quotes = bytes ^ SIMD16(repeating: UInt8(ascii: "\""))
        let backslashes = bytes ^ SIMD16(repeating: UInt8(ascii: "\\"))
        return ((bytes &- 0x20) & ~bytes) | ((quotes &- 1) & ~quotes) | ((backslashes &- 1) & ~backslashes)
    }

    private mutating func quoteVerbatim(_ text: Span<UInt8>) {
        let count = text.count
        unsafe write(count + 2) { target in
            unsafe target[0] = UInt8(ascii: "\"")
            unsafe text.withUnsafeBufferPointer { text in
                if let start = text.baseAddress { unsafe (target + 1).update(from: start, count: count) }
            }
            unsafe target[count + 1] = UInt8(ascii: "\"")
        }
    }

    private mutating func quoteEscaping(_ text: Span<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for index in text.indices { escape(text[index]) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Makes room for `count` bytes at the end, which `body` has to fill.
    mutating func write(_ count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void) {
        bytes.append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, end in
                // There is an address: every caller writes a quote at least.
                unsafe body(buffer.baseAddress! + end)
                end += count
            }
        }
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
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0..<0x20:
            bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
