extension Timestamp {
    /// A moment as RFC 3339 writes it, with any offset and any number of decimals: `2026-11-21T08:58:05.1234+01:00`.
    ///
    /// - Parameter roundingUp: whether what is finer than a millisecond leads to the next one, and not to the one before.
    /// - Returns: nil for another form, a date that the calendar does not have, and a year before 0000 or after 9999 in UTC.
    public init?(rfc3339 text: String, roundingUp: Bool) {
        let form =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))/
        guard let match = text.wholeMatch(of: form)?.output,
            let day = Self.day(year: Self.number(match.1), month: Self.number(match.2), day: Self.number(match.3)),
            let time = Self.milliseconds(hour: Self.number(match.4), minute: Self.number(match.5), second: Self.number(match.6)),
            let offset = Self.offset(match.8, hours: Self.number(match.9 ?? "0"), minutes: Self.number(match.10 ?? "0"))
        else { return nil }
        let fraction = Self.milliseconds(ofFraction: match.7 ?? "", roundingUp: roundingUp)
        let moment = day * Self.day + time + fraction - offset
        guard Self.range.contains(moment) else { return nil }
        self.init(milliseconds: moment)
    }

    /// The same for the one form that the server writes, without the cost of looking for others.
    public init?(exactly text: String) {
        guard let time = Timestamp(text), time.isInCalendar else { return nil }
        self = time
    }

    private var isInCalendar: Bool {
        guard Self.day(year: number(at: 0, count: 4), month: number(at: 5), day: number(at: 8)) != nil else { return false }
        return number(at: 11) < 24 && number(at: 14) < 60 && number(at: 17) < 60
    }

    private func number(at start: Int, count: Int = 2) -> Int64 {
        (start..<start + count).reduce(0) { $0 * 10 + Int64(text[$1] - UInt8(ascii: "0")) }
    }

    /// The years 0000 to 9999.
    static let range: ClosedRange<Milliseconds> = -62_167_219_200_000...253_402_300_799_999

    /// A match of digits only, few enough for the type.
    private static func number(_ digits: Substring) -> Int64 { Int64(digits) ?? 0 }

    /// A leap second is the first moment of the next minute: the times of a computer have no other place for it.
    private static func milliseconds(hour: Int64, minute: Int64, second: Int64) -> Milliseconds? {
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1000
    }

    private static func offset(_ sign: Substring?, hours: Int64, minutes: Int64) -> Milliseconds? {
        guard hours < 24, minutes < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000
    }

    private static func milliseconds(ofFraction digits: Substring, roundingUp: Bool) -> Milliseconds {
        let milliseconds = number(digits.prefix(3)) * [1000, 100, 10, 1][min(digits.count, 3)]
        let isFiner = digits.dropFirst(3).contains { $0 != "0" }
        return milliseconds + (isFiner && roundingUp ? 1 : 0)
    }

    /// The number of a day, counted from 1970-01-01; nil where the calendar has no such day. "Days from civil" of
    /// <https://howardhinnant.github.io/date_algorithms.html>.
    private static func day(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return date(ofDay: number) == (year, month, day) ? number : nil
    }
}
