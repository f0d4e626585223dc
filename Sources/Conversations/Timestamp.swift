import Glibc

/// A moment in UTC as RFC 3339 text with milliseconds, `2026-11-21T07:58:05.123Z`: the one format of the database and the API.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z.
    public typealias Milliseconds = Int64

    public let text: FixedText<24>

    /// What the database holds; nil for what did not come there through the server.
    init?(stored text: FixedText<24>) {
        guard text.count(where: Self.isDigit) == 17, Self.punctuation.allSatisfy({ text[$0] == Self.pattern[$0] }) else { return nil }
        self.text = text
    }

    /// The text form, or nil for text of another form.
    public init?(_ text: some StringProtocol) {
        guard let text = FixedText<24>(text) else { return nil }
        self.init(stored: text)
    }

    /// - Parameter milliseconds: of the years 0 to 9999.
    public init(milliseconds: Milliseconds) {
        // Rounded down, also before 1970: the milliseconds of a second are counted forwards.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        var seconds = time_t((milliseconds - fraction) / 1000)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let fields = unsafe [
            parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, Int32(fraction),
        ]
        text = FixedText { index in
            let part = Self.parts[index]
            return part.field < 0 ? Self.pattern[index] : UInt8(ascii: "0") + UInt8(fields[part.field] / part.divisor % 10)
        }
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

    private static let pattern = Array("0000-00-00T00:00:00.000Z".utf8)

    /// For each place of the pattern, the field that its digit belongs to and what to divide it by; the field is -1 where it is no digit.
    private static let parts: [(field: Int, divisor: Int32)] = [
        (0, 1000), (0, 100), (0, 10), (0, 1), (-1, 1), (1, 10), (1, 1), (-1, 1), (2, 10), (2, 1), (-1, 1), (3, 10), (3, 1), (-1, 1),
        (4, 10), (4, 1), (-1, 1), (5, 10), (5, 1), (-1, 1), (6, 100), (6, 10), (6, 1), (-1, 1),
    ]

    /// The places of the pattern that are no digits.
    private static let punctuation = pattern.indices.filter { parts[$0].field < 0 }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Timestamp: CustomStringConvertible {
    public var description: String { text.description }
}
