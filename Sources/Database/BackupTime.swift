import Glibc

/// A moment as the name of a backup has it, in UTC: `20261121T075805.123Z`. The order of the texts is the order of the moments.
public struct BackupTime: Sendable, Hashable, Comparable {
    /// Since 1970, as Unix counts.
    public let milliseconds: Int64

    /// The years that have four digits; others are cut off.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// The clock's time.
    public static var now: BackupTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return BackupTime(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Reads what ``text`` writes, and nothing else.
    public init?(_ text: Substring) {
        let digits = text.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.map { Int32($0 - UInt8(ascii: "0")) }
        guard digits.count == 17 else { return nil }
        func number(_ range: Range<Int>) -> Int32 { digits[range].reduce(0) { $0 * 10 + $1 } }
        var parts = unsafe tm()
        unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (number(0..<4) - 1900, number(4..<6) - 1, number(6..<8))
        unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec) = (number(8..<10), number(10..<12), number(12..<14))
        self.init(milliseconds: unsafe Int64(timegm(&parts)) * 1_000 + Int64(number(14..<17)))
        // timegm makes 1 March of 30 February; and the text may have had its digits elsewhere.
        guard self.text == text else { return nil }
    }

    /// `20261121T075805.123Z`
    public var text: String { formatted(date: "", time: "") }

    /// RFC 3339: `2026-11-21T07:58:05.123Z`
    public var rfc3339: String { formatted(date: "-", time: ":") }

    public static func < (first: BackupTime, second: BackupTime) -> Bool { first.milliseconds < second.milliseconds }

    var next: BackupTime { BackupTime(milliseconds: milliseconds + 1) }

    private func formatted(date: String, time: String) -> String {
        let rest = (milliseconds % 1_000 + 1_000) % 1_000
        var seconds = time_t((milliseconds - rest) / 1_000)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let day = unsafe [digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1, 2), digits(parts.tm_mday, 2)]
        let clock = unsafe [digits(parts.tm_hour, 2), digits(parts.tm_min, 2), digits(parts.tm_sec, 2)]
        return "\(day.joined(separator: date))T\(clock.joined(separator: time)).\(digits(Int32(rest), 3))Z"
    }

    private func digits(_ number: Int32, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
