/// A backup of a database, as the files beside it tell.
public struct Backup: Sendable, Hashable {
    /// Why it was made.
    public enum Kind: Sendable, Hashable {
        /// Somebody asked for it. It stays until somebody removes it.
        case manual
        /// It was made by itself before the migration of this number, such as `007`. Only the newest of these are kept.
        case automatic(before: String)
    }

    public let path: String
    public let kind: Kind
    public let time: BackupTime
    public let bytes: Int

    public init(path: String, kind: Kind, time: BackupTime, bytes: Int) {
        self.path = path
        self.kind = kind
        self.time = time
        self.bytes = bytes
    }
}

extension Backup {
    private static let ending = ".backup"
    private static let before = "before-"

    /// `parley.db.before-007-20261121T075805.123Z.backup`, or `parley.db.20261121T075805.123Z.backup`.
    static func name(_ kind: Kind, of database: String, at time: BackupTime) -> String {
        switch kind {
        case .manual: "\(database).\(time.text)\(ending)"
        case .automatic(let version): "\(database).\(before)\(version)-\(time.text)\(ending)"
        }
    }

    /// What a name tells; nil for every other form, however alike. Bytes are compared: to Swift two names are equal that are two files (é as
    /// one scalar and as two).
    static func parse(_ name: String, of database: String) -> (kind: Kind, time: BackupTime)? {
        let beginning = "\(database).".utf8
        guard name.utf8.starts(with: beginning), name.hasSuffix(ending) else { return nil }
        let middle = Substring(name.utf8.dropFirst(beginning.count)).dropLast(ending.count)
        if let time = BackupTime(middle) { return (.manual, time) }
        guard middle.hasPrefix(before), let dash = middle.lastIndex(of: "-") else { return nil }
        let version = middle[..<dash].dropFirst(before.count)
        guard isVersion(version), let time = BackupTime(middle[middle.index(after: dash)...]) else { return nil }
        return (.automatic(before: String(version)), time)
    }

    static func isVersion(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
