import Conversations
import FoundationEssentials
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (999, "1970-01-01T00:00:00.999Z"),
        (1_709_210_096_789, "2024-02-29T12:34:56.789Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (-1000, "1969-12-31T23:59:59.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    ])
    func `a moment is written in UTC with milliseconds`(milliseconds: Timestamp.Milliseconds, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.description == text)
    }

    @Test func `random moments are written as Foundation writes them`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<2000 {
            let milliseconds = Int64.random(in: 0...4_102_444_800_000)
            // Foundation keeps seconds as a Double: half a millisecond more keeps its rounding down from changing the last digit.
            let date = Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000)
            #expect(Timestamp(milliseconds: milliseconds).description == date.formatted(style))
        }
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T07:58:05Z", "2026-11-21 07:58:05.123Z", "2026-11-21T07:58:05.123", "2026-11-21T07:58:05.123z",
        "2026-11-21T07:58:05,123Z", "2026-11-21T07:58:05.12Z", "2026-11-21T07:58:05.1234Z", "2026-11-21T07:58:05.123+0",
        "2026-1a-21T07:58:05.123Z", "\u{FF12}026-11-21T07:58:05.1Z", " 2026-11-21T07:58:05.123", "-026-11-21T07:58:05.123Z",
    ])
    func `text of another form is no time`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `they sort in the order of time`() {
        let moments = (0..<500).map { _ in Int64.random(in: 0...253_402_300_799_999) }
        #expect(moments.sorted().map(Timestamp.init(milliseconds:)) == moments.map(Timestamp.init(milliseconds:)).sorted())
    }

    @Test func `the present is what the clock says`() {
        let before = Timestamp(milliseconds: Timestamp.millisecondsNow())
        let now = Timestamp.now()
        #expect(before <= now && now <= Timestamp(milliseconds: Timestamp.millisecondsNow()))
        #expect(now > Timestamp(milliseconds: 1_700_000_000_000))
    }
}

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("2026-11-21T07:58:05.123Z", "2026-11-21T07:58:05.123Z"), ("2026-11-21t07:58:05z", "2026-11-21T07:58:05.000Z"),
        ("2026-11-21T08:58:05.1+01:00", "2026-11-21T07:58:05.100Z"), ("2026-11-20T20:13:05.12-11:45", "2026-11-21T07:58:05.120Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"), ("2000-02-29T23:59:60Z", "2000-03-01T00:00:00.000Z"),
        ("1969-12-31T23:59:59.999-00:00", "1969-12-31T23:59:59.999Z"), ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"), ("2027-01-01T00:30:00+01:00", "2026-12-31T23:30:00.000Z"),
    ])
    func `a time of any offset is that time in UTC`(_ text: String, _ expected: String) {
        #expect(Timestamp(rfc3339: text, roundingUp: false)?.description == expected)
        #expect(Timestamp(rfc3339: text, roundingUp: true)?.description == expected)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21 07:58:05Z", "2026-11-21T07:58:05", "2026-11-21T07:58Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00Zx", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00٠Z", "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01", "26-01-01T00:00:00Z", "٢٠٢٦-01-01T00:00:00Z",
    ])
    func `what is no time in RFC 3339 is none`(_ text: String) {
        #expect(Timestamp(rfc3339: text, roundingUp: false) == nil)
    }

    @Test func `what is finer than a millisecond is rounded as it is asked for`() {
        let text = "2026-11-21T07:58:05.9990001Z"
        #expect(Timestamp(rfc3339: text, roundingUp: false)?.description == "2026-11-21T07:58:05.999Z")
        #expect(Timestamp(rfc3339: text, roundingUp: true)?.description == "2026-11-21T07:58:06.000Z")
        #expect(Timestamp(rfc3339: "2026-11-21T07:58:05.9990000Z", roundingUp: true)?.description == "2026-11-21T07:58:05.999Z")
    }

    @Test func `every day comes back`() {
        for day in stride(from: Int64(-719_528), through: 2_932_896, by: 97) {
            let time = Timestamp(milliseconds: day * 86_400_000 + 1)
            #expect(Timestamp(rfc3339: time.description, roundingUp: false) == time)
        }
    }
}
