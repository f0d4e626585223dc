/// A migration file that discovery has found: its name is well formed, its content has not been read.
public struct MigrationFile: Sendable, Hashable {
    /// Such as `001_create_conversations.sql`.
    public let filename: String
    /// The number in front of the name, which is the order of execution; 1 or more.
    public let order: Int
    /// Where it is, as the user named that.
    let directory: String

    /// The file in its directory.
    public var path: String { "\(directory)/\(filename)" }

    /// The number as it is written: `001`.
    public var version: String { Self.version(of: filename) }

    /// What stands between the number and the ending: `create_conversations`.
    public var name: String { Self.name(of: filename) }

    /// The number in front of a name; 0 where there is none, or one that is too large.
    static func number(of filename: String) -> Int {
        var number = 0
        for byte in filename.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return 0 }
            number = sum
        }
        return number
    }

    static func version(of filename: String) -> String {
        String(decoding: filename.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }, as: UTF8.self)
    }

    static func name(of filename: String) -> String {
        let rest = filename.drop { $0 != "_" }.dropFirst()
        return String(rest.hasSuffix(".sql") ? rest.dropLast(4) : rest)
    }
}
