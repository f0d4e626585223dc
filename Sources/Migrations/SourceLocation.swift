/// A place in a migration file.
public struct SourceLocation: Sendable, Hashable {
    /// From 1.
    public let line: Int
    /// In Unicode scalars, from 1.
    public let column: Int
    /// The line itself, without its end; long ones are cut.
    public let text: String

    /// The place of a byte in a text.
    init(offset: Int, in bytes: [UInt8]) {
        // A byte order mark has no place in a line that people see.
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let (bytes, offset) = (bytes.dropFirst(mark), max(0, offset - mark))
        let before = Array(bytes.prefix(offset))
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = before[start...].count(where: Self.beginsScalar) + 1
        let rest = bytes.dropFirst(start).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        text = Self.printable(rest, around: offset - start)
    }

    /// Every byte but UTF-8's continuation bytes.
    private static func beginsScalar(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

    /// A line of megabytes is of no use in a diagnosis: beyond 200 bytes the caret would not be seen either.
    private static func printable(_ line: some Collection<UInt8>, around offset: Int) -> String {
        guard offset < 200 else { return "" }
        return String(decoding: line.prefix(200), as: UTF8.self).onOneLine
    }
}

extension String {
    /// A space for each control character: what a file holds must not move the cursor of whoever reads about it.
    package var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
