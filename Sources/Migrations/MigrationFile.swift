/// A migration file that discovery has found: its name is well formed, its content has not been read.
public struct MigrationFile: Sendable, Hashable {
    /// Such as `001_create_conversations.sql`.
    public let filename: String
    /// The number in front of the name, which is the order of execution; 1 or more.
    public let order: Int
    /// Where the file is.
    public let path: String

    public init(filename: String, order: Int, path: String) {
        self.filename = filename
        self.order = order
        self.path = path
    }

    /// The number as it is written: `001`.
    public var version: String { Self.version(of: filename) }

    /// What stands between the number and the ending: `create_conversations`.
    public var name: String { Self.name(of: filename) }

    static func version(of filename: String) -> String {
        String(decoding: filename.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }, as: UTF8.self)
    }

    static func name(of filename: String) -> String {
        let rest = filename.drop { $0 != "_" }.dropFirst()
        return String(rest.hasSuffix(".sql") ? rest.dropLast(4) : rest)
    }
}
