import Testing

@testable import ParleyServer

@Suite struct LineSplitterTests {
    /// The lines of `text`, fed in pieces of `size` bytes.
    private func lines(_ text: String, by size: Int) -> [LineSplitter.Line] {
        var (splitter, lines, rest) = (LineSplitter(), [LineSplitter.Line](), Array(text.utf8)[...])
        while !rest.isEmpty {
            splitter.split(Array(rest.prefix(size))) { lines.append($0) }
            rest = rest.dropFirst(size)
        }
        splitter.finish { lines.append($0) }
        return lines
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `lines are the same wherever the stream is cut`(size: Int) {
        let expected: [LineSplitter.Line] = ["one", "", "t\u{FC}o\r", "three"].map { .whole(Array($0.utf8)) }
        #expect(lines("one\n\nt\u{FC}o\r\nthree", by: size) == expected)
        #expect(lines("", by: size) == [])
        #expect(lines("\n", by: size) == [.whole([])])
    }

    @Test(arguments: [1000, 64 << 10, 1 << 20])
    func `a line that is too long is told, and the next one is read`(size: Int) {
        let longest = String(repeating: "x", count: LineSplitter.longestLine)
        #expect(
            lines("\(longest)\n\(longest)x\n{}\n\(longest)x", by: size) == [
                .whole(Array(longest.utf8)), .tooLong, .whole(Array("{}".utf8)), .tooLong,
            ]
        )
    }
}
