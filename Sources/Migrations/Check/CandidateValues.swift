import Database

/// Values that a column may take, for rows that are made up.
///
/// A candidate is a series, one value for each row: rows with the same number have the same value, rows with different numbers have
/// different ones. The numbers are such as nobody writes by hand, so that rows which a later file inserts do not meet them by chance.
/// Text is made of digits: it is also a number and valid JSON, as the text in such a column may have to be.
struct CandidateValues {
    typealias Series = @Sendable (Int) -> Value

    /// What the first row has in most columns.
    private static let base = 7_700_000_001

    /// In the order in which they are tried. Nil leaves the column to its default.
    let all: [Series?]

    /// - Parameter literals: the strings and numbers in the table's SQL: what its checks compare with.
    init(for column: TableShape.Column, literals: Literals) {
        let byType = Self.series(forType: column.type.uppercased())
        let common = literals.strings + literals.aroundNumbers + Self.small + literals.lengths + Self.formats
        let null: [Series] = column.isNullable ? [{ _ in .null }] : []
        all = (column.hasDefault ? [nil] : []) + (byType + common + null).map(Optional.some)
    }

    // https://www.sqlite.org/datatype3.html#determination_of_column_affinity
    private static func series(forType type: String) -> [Series] {
        if type.contains("INT") { return [number] }
        if type.contains("DATE") || type.contains("TIME") { return [time, number] }
        if type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT") { return [text] }
        if type.contains("BLOB") { return [blob, text] }
        if type.contains("BOOL") { return [{ _ in 1 }, number] }
        return [number, text]
    }

    private static let number: Series = { .integer(Int64(base + $0)) }
    private static let text: Series = { .text(String(base + $0)) }
    private static let blob: Series = { .blob(Array(String(base + $0).utf8)) }
    private static let time: Series = { .text("2001-02-03 04:05:\(String($0 % 60).paddedWithZeros(to: 2))") }
    private static let small: [Series] = [{ .integer(Int64(1 + $0)) }, { .integer(Int64($0)) }, { .real(0.5 + Double($0)) }]

    /// What checks with LIKE, GLOB or functions often ask for.
    private static let formats: [Series] = [
        { .text("2001-02-03T04:05:06.\(String($0 % 1000).paddedWithZeros(to: 3))Z") },
        { .text("2001-02-\(String($0 % 28 + 1).paddedWithZeros(to: 2))") },
        { .text("00000000-0000-4000-8000-\(String(base + $0).paddedWithZeros(to: 12))") },
        { .text("{\"n\":\(base + $0)}") }, { .text("[\(base + $0)]") }, { .text("n\(base + $0)@example.org") },
        { .text("https://example.org/\(base + $0)") }, { .text("n\(base + $0)") }, { .text("N\(base + $0)") },
        { .text(String(repeating: "n", count: $0 + 1)) }, { .text("N\(letter($0))") }, { .text("NN\(letter($0))") }, { _ in .text("") },
        blob,
    ]

    private static func letter(_ number: Int) -> String { String(UnicodeScalar(UInt8(ascii: "A") + UInt8(number % 26))) }

    /// The strings and numbers that stand in the SQL of a table.
    struct Literals {
        /// Each string; the rows that need different values go through all of them.
        let strings: [Series]
        let aroundNumbers: [Series]
        /// Text and blobs as long as each number says.
        let lengths: [Series]

        init(of sql: String) {
            let tokens = Array(SQLTokens(sql))
            // A default may be written with double quotes, as a name.
            let texts = tokens.filter { $0.kind == .string }.map(\.text).prefix(30)
            strings = texts.indices.map { index in { .text(texts[(index + $0) % texts.count]) } }
            let numbers = Set(tokens.filter { $0.kind == .number }.compactMap { Int64($0.text) }.filter { abs($0) < 1 << 40 }).sorted()
            aroundNumbers = numbers.prefix(10).flatMap { Self.around($0) }
            lengths = numbers.filter { (1...4096).contains($0) }.prefix(10).flatMap { Self.ofLength(Int($0)) }
        }

        private static func around(_ number: Int64) -> [Series] {
            [{ .integer(number + Int64($0)) }, { .integer(number + 1 + Int64($0)) }, { .integer(number - 1 - Int64($0)) }]
        }

        private static func ofLength(_ length: Int) -> [Series] {
            let digits: @Sendable (Int) -> String = { String(String(base + $0).paddedWithZeros(to: length).suffix(length)) }
            return [
                { .text(digits($0)) }, { .blob(Array(digits($0).utf8)) },
                // As long as that, and not a digit: a country's or a currency's code.
                { .text(String(repeating: "N", count: length - 1) + letter($0)) },
            ]
        }
    }
}

extension String {
    fileprivate func paddedWithZeros(to length: Int) -> String {
        String(repeating: "0", count: max(0, length - count)) + self
    }
}
