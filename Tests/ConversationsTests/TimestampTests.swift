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
