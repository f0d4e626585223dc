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
        // Rounded down, also before 1970: the milliseconds of a day are counted forwards.
        let ofDay = (milliseconds % Self.day + Self.day) % Self.day
        let (year, month, day) = Self.date(ofDay: (milliseconds - ofDay) / Self.day)
        var digits = Digits()
        digits.write(year, at: 0, count: 4)
        digits.write(month, at: 5, count: 2)
        digits.write(day, at: 8, count: 2)
        digits.write(ofDay / 3_600_000, at: 11, count: 2)
        digits.write(ofDay / 60_000 % 60, at: 14, count: 2)
        digits.write(ofDay / 1000 % 60, at: 17, count: 2)
        digits.write(ofDay % 1000, at: 20, count: 3)
        text = FixedText { digits.bytes[$0] }
    }

    static let day: Milliseconds = 86_400_000

    /// The date of a day, counted from 1970-01-01, in the Gregorian calendar: "days to civil" of
    /// <https://howardhinnant.github.io/date_algorithms.html>, which begins years in March, so that the leap day is their last. By hand, because
    /// gmtime_r(3) takes a lock that all threads share, and every line of the log has a time.
    static func date(ofDay number: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
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

    mutating func write(_ number: Int64, at start: Int, count: Int) {
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
