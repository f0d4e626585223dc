/// The identifier of a conversation: a UUID (RFC 9562) as lower-case text.
public struct ConversationID: Sendable, Hashable {
    /// `0198c0de-7a3f-7d52-9c1b-3f2a51c0de99`
    public let text: FixedText<36>

    /// A UUID in its usual form, in either case; nil for any other text.
    public init?(_ text: String) {
        guard let text = FixedText<36>(text) else { return nil }
        self.init(stored: FixedText { Self.lowered(text[$0]) })
    }

    /// What the database holds; nil for what did not come there through the server.
    init?(stored text: FixedText<36>) {
        for index in 0..<36 where !Self.isValid(text[index], at: index) { return nil }
        self.text = text
    }

    private init(valid text: FixedText<36>) {
        self.text = text
    }

    /// A new UUID of version 7, whose first 48 bits are the time in milliseconds (RFC 9562, section 5.7): new rows go to the end of the index.
    public static func new(at time: Timestamp.Milliseconds = Timestamp.millisecondsNow()) -> ConversationID {
        let high = UInt64(time) << 16 | 0x7000 | UInt64.random(in: 0...0x0FFF)
        let low = 0x8000_0000_0000_0000 | UInt64.random(in: 0...0x3FFF_FFFF_FFFF_FFFF)
        return ConversationID(valid: FixedText { index in Self.character(at: index, high, low) })
    }

    /// The hexadecimal digit, or hyphen, at a place of the text form of 128 bits.
    private static func character(at index: Int, _ high: UInt64, _ low: UInt64) -> UInt8 {
        guard !hyphens.contains(index) else { return UInt8(ascii: "-") }
        let digit = index - hyphens.count { $0 < index }
        let word = digit < 16 ? high : low
        let value = UInt8(truncatingIfNeeded: word >> UInt64((15 - digit % 16) * 4)) & 0x0F
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static let hyphens = [8, 13, 18, 23]

    private static func isValid(_ byte: UInt8, at index: Int) -> Bool {
        switch index {
        case 8, 13, 18, 23: byte == UInt8(ascii: "-")
        default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) ? byte | 0x20 : byte
    }
}

extension ConversationID: CustomStringConvertible {
    public var description: String { text.description }
}
