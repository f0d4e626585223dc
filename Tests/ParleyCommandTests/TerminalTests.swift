import Testing

@testable import parley

@Suite struct TerminalTests {
    @Test func `the line of progress shows files, statement, time and something that moves, and never wraps`() {
        var content = ProgressLine.Content(index: 3, count: 7, file: "003_x.sql", statement: 12)
        #expect(content.text(after: .milliseconds(4250), width: 80) == "[#####---------------] 3 of 7  003_x.sql  statement 12  4.2 s |")
        content.frame = 1
        #expect(content.text(after: .zero, width: 80).hasSuffix("0.0 s /"))
        #expect(content.text(after: .zero, width: 20).count == 19)
        #expect(content.text(after: .zero, width: 0).isEmpty)
    }

    @Test func `a diagnosis is painted by its words, and nothing is lost`() {
        let text =
            "m/002_x.sql:2:8: error: no such column: titel [statement-failed]\n    2 | SELECT titel;\n      |        ^\n  next: correct it"
        let painted = Paint(isOn: true).diagnosis(text)
        #expect(painted.hasPrefix("\u{1B}[1mm/002_x.sql:2:8: \u{1B}[0m\u{1B}[31merror: \u{1B}[0m"))
        #expect(painted.replacing(/\u{1B}\[[0-9]*m/, with: "") == text)
        #expect(Paint(isOn: false).diagnosis(text) == text)
    }

    @Test func `a diff is painted line by line, and nothing is lost`() {
        let text = "@@ table a: different @@\n CREATE TABLE a (\n-x\n+y\n )\ndrift: 1 different\n  next: think\n"
        let painted = Paint(isOn: true).diff(text)
        #expect(painted.contains("\n\u{1B}[31m-x\u{1B}[0m\n\u{1B}[32m+y\u{1B}[0m\n )\n") && painted.hasPrefix("\u{1B}[36m@@ table a"))
        #expect(painted.replacing(/\u{1B}\[[0-9]*m/, with: "") == text)
        #expect(Paint(isOn: false).diff(text) == text)
    }

    @Test func `the states of a table are painted where they stand`() {
        let table = "STATE   FILE\napplied 001_a.sql\npending 002_b.sql\n\n1 migration pending"
        let painted = Paint(isOn: true).states(table)
        #expect(painted.contains("\u{1B}[32mapplied\u{1B}[0m 001_a.sql") && painted.contains("\u{1B}[33mpending\u{1B}[0m 002_b.sql"))
        #expect(painted.replacing(/\u{1B}\[[0-9]*m/, with: "") == table)
    }
}
