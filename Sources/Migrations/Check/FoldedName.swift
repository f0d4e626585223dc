/// A name as SQLite compares names: the letters A to Z without their case, everything else byte by byte.
struct FoldedName: Sendable, Hashable {
    private let bytes: [UInt8]

    init(_ name: String) {
        bytes = name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}

extension String {
    /// The name between double quotes, for SQL.
    var quotedForSQL: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}
