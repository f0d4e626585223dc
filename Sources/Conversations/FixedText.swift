/// ASCII text of a length that is known beforehand, kept in place: identifiers and times are stored, compared and sent as the same bytes, so
/// nothing on the way from the database to a response parses, formats or allocates them.
public struct FixedText<let length: Int>: Sendable {
    private var storage: InlineArray<length, UInt8>

    /// - Parameter byte: gives the byte at each index; ASCII.
    init(_ byte: (Int) -> UInt8) {
        self.init(storage: InlineArray<length, UInt8>(byte))
    }

    private init(storage: InlineArray<length, UInt8>) {
        self.storage = storage
    }

    /// A copy of bytes, or nil where their number is another.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == length else { return nil }
        self.init { bytes[$0] }
    }

    /// A copy of a string's UTF-8, or nil where its length is another or it is not ASCII.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == length, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.init { bytes[$0] }
    }

    /// Lends the bytes.
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(storage.span) }

    subscript(index: Int) -> UInt8 { storage[index] }

    /// How many of the bytes are such; without a branch in the loop, since every row that is read is looked at.
    func count(where isSuch: (UInt8) -> Bool) -> Int {
        var count = 0
        for index in 0..<length { count += isSuch(storage[index]) ? 1 : 0 }
        return count
    }
}

extension FixedText: Hashable, Comparable {
    public static func == (left: Self, right: Self) -> Bool {
        (0..<length).allSatisfy { left[$0] == right[$0] }
    }

    public static func < (left: Self, right: Self) -> Bool {
        guard let index = (0..<length).first(where: { left[$0] != right[$0] }) else { return false }
        return left[index] < right[index]
    }

    public func hash(into hasher: inout Hasher) {
        for index in 0..<length { hasher.combine(self[index]) }
    }
}

extension FixedText: CustomStringConvertible {
    public var description: String {
        withBytes { bytes in unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
