import Glibc

/// A moment in UTC as RFC 3339 text with milliseconds, `2026-11-21T07:58:05.123Z`: the one format of the database and the API.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z.
    public typealias Milliseconds = Int64

    public let text: FixedText<24>

    /// The text form, or nil for text of another form.
    public init?(_ text: String) {
        guard let text = FixedText<24>(text) else { return nil }
        self.init(stored: text)
    }

    /// What the database holds; nil for what did not come there through the server.
    init?(stored text: FixedText<24>) {
        for index in 0..<24 where !Self.isValid(text[index], at: index) { return nil }
        self.text = text
    }

    /// - Parameter milliseconds: of the years 0 to 9999.
    public init(milliseconds: Milliseconds) {
        // Rounded down, also before 1970: the milliseconds of a second are counted forwards.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        var seconds = time_t((milliseconds - fraction) / 1000)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        var digits = Digits()
        unsafe digits.write(parts.tm_year + 1900, at: 0, count: 4)
        unsafe digits.write(parts.tm_mon + 1, at: 5, count: 2)
        unsafe digits.write(parts.tm_mday, at: 8, count: 2)
        unsafe digits.write(parts.tm_hour, at: 11, count: 2)
        unsafe digits.write(parts.tm_min, at: 14, count: 2)
        unsafe digits.write(parts.tm_sec, at: 17, count: 2)
        digits.write(Int32(fraction), at: 20, count: 3)
        text = FixedText { digits.bytes[$0] }
    }

    /// The present, by the machine's clock.
    public static func now() -> Timestamp { Timestamp(milliseconds: millisecondsNow()) }

    /// The present, by the machine's clock.
    public static func millisecondsNow() -> Milliseconds {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.text < right.text }

    private static func isValid(_ byte: UInt8, at index: Int) -> Bool {
        let pattern = Digits.pattern[index]
        return pattern == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == pattern
    }
}

/// `0000-00-00T00:00:00.000Z`, and numbers in the places of its zeros.
private struct Digits {
    static let pattern: InlineArray<24, UInt8> = [
        0x30, 0x30, 0x30, 0x30, 0x2D, 0x30, 0x30, 0x2D, 0x30, 0x30, 0x54, 0x30, 0x30, 0x3A, 0x30, 0x30, 0x3A, 0x30, 0x30, 0x2E, 0x30, 0x30,
        0x30, 0x5A,
    ]

    private(set) var bytes = pattern

    mutating func write(_ number: Int32, at start: Int, count: Int) {
        var rest = number
        for index in (start..<start + count).reversed() {
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

extension Timestamp: CustomStringConvertible {
    public var description: String { text.description }
}
