/// What a directory entry is, going by its name: `^[0-9]{3,}_[a-z0-9_]+\.sql$` is a migration.
enum MigrationFilename: Equatable {
    case migration(order: Int)
    /// Not meant to be a migration: a README, a hidden file, an editor's backup.
    case other
    /// Looks like a migration and is none; the sentence says why.
    case invalid(String)

    init(_ filename: String) {
        let bytes = Array(filename.utf8)
        guard Self.claimsToBeMigration(bytes) else {
            self = .other
            return
        }
        let digits = bytes.prefix(while: Self.isDigit)
        let rest = bytes.dropFirst(digits.count)
        if digits.count < 3 {
            self = .invalid("the name has to begin with a number of three or more digits, such as 001_create_table.sql")
        } else if !Self.isNameAndEnding(rest) {
            self = .invalid("behind the number, the name has to be _, then a–z, 0–9 or _, then .sql, such as 001_create_table.sql")
        } else if let order = Int(String(decoding: digits, as: UTF8.self)) {
            self = order == 0 ? .invalid("numbers begin at 001") : .migration(order: order)
        } else {
            self = .invalid("the number is too large; the largest is \(Int.max)")
        }
    }

    private static let backupEndings = ["~", ".bak", ".orig", ".rej", ".swp", ".tmp"]

    /// Everything that ends in `.sql` or begins with a digit, unless it is hidden or an editor's backup.
    private static func claimsToBeMigration(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, first != UInt8(ascii: "."), first != UInt8(ascii: "#") else { return false }
        // What nearly every file here ends in is no backup.
        if bytes.hasSuffix(".sql") { return true }
        let lower = bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return (isDigit(first) || lower.hasSuffix(".sql")) && !backupEndings.contains { lower.hasSuffix($0) }
    }

    private static func isNameAndEnding(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "_"), bytes.hasSuffix(".sql") else { return false }
        let name = bytes.dropFirst().dropLast(4)
        return !name.isEmpty
            && name.allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension BidirectionalCollection<UInt8> {
    fileprivate func hasSuffix(_ suffix: String) -> Bool { self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
}
