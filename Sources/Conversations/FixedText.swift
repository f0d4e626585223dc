/// ASCII text of a length that is known beforehand, kept in place: identifiers and times are stored, compared and sent as the same bytes, so
/// nothing on the way from the database to a response parses, formats or allocates them.
///
/// Its members are inlined everywhere, because a generic length that is not known to the compiler costs more than the copy it guards.
@frozen
public struct FixedText<let length: Int>: Sendable {
    @usableFromInline var storage: InlineArray<length, UInt8>

    /// A copy of bytes, or nil where their number is another.
    @inlinable @inline(__always)
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == length else { return nil }
        storage = InlineArray(repeating: 0)
        for index in 0..<length { storage[index] = bytes[index] }
    }

    /// A copy of a text's UTF-8, or nil where its length is another or it is not ASCII.
    @inline(__always)
    init?(_ text: String) {
        var text = text
        let copy = text.withUTF8 { bytes in unsafe FixedText(Span(_unsafeElements: bytes)) }
        guard let copy, (0..<length).allSatisfy({ copy[$0] < 0x80 }) else { return nil }
        self = copy
    }

    /// - Parameter byte: gives the byte at each index; ASCII.
    @inlinable @inline(__always)
    init(_ byte: (Int) -> UInt8) {
        storage = InlineArray(byte)
    }

    /// Lends the bytes.
    @inlinable @inline(__always)
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(storage.span) }

    @inlinable @inline(__always)
    subscript(index: Int) -> UInt8 { storage[index] }
}

extension FixedText: Hashable, Comparable {
    @inlinable
    public static func == (left: Self, right: Self) -> Bool {
        (0..<length).allSatisfy { left[$0] == right[$0] }
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        guard let index = (0..<length).first(where: { left[$0] != right[$0] }) else { return false }
        return left[index] < right[index]
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        for index in 0..<length { hasher.combine(self[index]) }
    }
}

extension FixedText: CustomStringConvertible {
    @inlinable
    public var description: String {
        withBytes { bytes in unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
