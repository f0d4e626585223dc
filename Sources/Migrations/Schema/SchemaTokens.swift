/// The tokens of a statement, without what cannot matter: white space, comments, the case of letters and the quotes of names.
///
/// Two statements with equal tokens make the same object. The reverse does not hold: `INT` and `INTEGER` stay different, since telling
/// which differences have no effect takes SQLite's whole parser.
struct SchemaTokens: Equatable {
    /// Bytes, not strings: to Swift two strings are equal that SQLite takes for different names (é as one scalar and as two).
    enum Token: Hashable {
        /// A keyword, a number, or a name, in small letters.
        case word([UInt8])
        /// A name that would be read in another way without its quotes, in small letters.
        case quotedName([UInt8])
        /// A string or a blob, as it is written; or what stands for a string.
        case literal([UInt8])
        case symbol(UInt8)
    }

    private(set) var tokens: [Token] = []
    /// Whether what is written behind the statement would be part of its last comment.
    private(set) var endsInLineComment = false

    init(_ sql: String) {
        var scanner = Scanner(bytes: Array(sql.utf8))
        while let token = scanner.next() { tokens.append(token) }
        endsInLineComment = scanner.endedInLineComment
        dropIfNotExists()
    }

    /// Whether it begins with these words.
    func begin(with words: String...) -> Bool {
        tokens.starts(with: words.map { .word(Array($0.utf8)) })
    }

    static func == (first: SchemaTokens, second: SchemaTokens) -> Bool { first.tokens == second.tokens }

    /// It stands behind `CREATE TABLE`, `CREATE UNIQUE INDEX` and their like.
    private mutating func dropIfNotExists() {
        let words = ["if", "not", "exists"].map { Token.word(Array($0.utf8)) }
        for start in 2...3 where tokens.dropFirst(start).starts(with: words) {
            tokens.removeSubrange(start..<(start + words.count))
            return
        }
    }
}

// MARK: - Scanning

extension SchemaTokens {
    /// Goes over a statement that SQLite has accepted, so it need not be strict: <https://www.sqlite.org/draft/tokenreq.html>.
    private struct Scanner {
        let bytes: [UInt8]
        private(set) var endedInLineComment = false
        private var index = 0
        private var previous: Token?
        private static let wordDefault = Token.word(Array("default".utf8))

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func next() -> Token? {
            skipSpaceAndComments()
            guard index < bytes.count else { return nil }
            let start = index
            let token = scan()
            defer { previous = token }
            return previous == Self.wordDefault ? defaultValue(token, bytes[start..<index]) : token
        }

        private mutating func scan() -> Token {
            switch bytes[index] {
            case UInt8(ascii: "'"): return .literal(Array(quoted(by: UInt8(ascii: "'"))))
            case UInt8(ascii: "\""), UInt8(ascii: "`"): return name(quoted(by: bytes[index]))
            case UInt8(ascii: "["): return name(quoted(by: UInt8(ascii: "]")))
            case let byte where byte | 0x20 == UInt8(ascii: "x") && peek(1) == UInt8(ascii: "'"): return blob()
            case let byte where byte.isPartOfWord: return .word(word())
            case let byte:
                index += 1
                return .symbol(byte)
            }
        }

        /// Behind DEFAULT, SQLite takes a name for a string, and then the case of its letters matters. A keyword stays one, also the one
        /// behind `ON DELETE SET DEFAULT`.
        private func defaultValue(_ token: Token, _ text: ArraySlice<UInt8>) -> Token {
            switch token {
            case .word(let word) where !word.isPlainName: token
            case .word, .quotedName: .literal(Array(text))
            case .literal, .symbol: token
            }
        }

        private func peek(_ distance: Int) -> UInt8? {
            index + distance < bytes.count ? bytes[index + distance] : nil
        }

        private mutating func skipSpaceAndComments() {
            while index < bytes.count {
                switch (bytes[index], peek(1)) {
                case (UInt8(ascii: " "), _), (0x09...0x0D, _): index += 1
                case (UInt8(ascii: "-"), UInt8(ascii: "-")): skipLineComment()
                case (UInt8(ascii: "/"), UInt8(ascii: "*")): skipBlockComment()
                default: return
                }
            }
        }

        private mutating func skipLineComment() {
            index = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            endedInLineComment = index == bytes.count
        }

        private mutating func skipBlockComment() {
            index += 2
            while index < bytes.count, !(bytes[index] == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { index += 1 }
            index = min(index + 2, bytes.count)
        }

        private mutating func word() -> [UInt8] {
            let word = bytes[index...].prefix { $0.isPartOfWord }
            index = word.endIndex
            return word.asciiLowercased
        }

        private mutating func blob() -> Token {
            index += 1
            return .literal([UInt8(ascii: "x")] + quoted(by: UInt8(ascii: "'")).asciiLowercased)
        }

        /// The quoted bytes with their quotes; a doubled quote stands for itself, but for `]`.
        private mutating func quoted(by closing: UInt8) -> ArraySlice<UInt8> {
            let start = index
            index += 1
            while index < bytes.count {
                let isDoubled = bytes[index] == closing && closing != UInt8(ascii: "]") && peek(1) == closing
                if bytes[index] == closing, !isDoubled { break }
                index += isDoubled ? 2 : 1
            }
            index = min(index + 1, bytes.count)
            return bytes[start..<index]
        }

        private func name(_ quoted: ArraySlice<UInt8>) -> Token {
            let closing = quoted.last ?? 0
            var name: [UInt8] = []
            var rest = quoted.dropFirst().dropLast()
            while let byte = rest.popFirst() {
                name.append(byte)
                // The second one of a doubled quote.
                if byte == closing, closing != UInt8(ascii: "]") { rest = rest.dropFirst() }
            }
            let small = name.asciiLowercased
            return small.isPlainName ? .word(small) : .quotedName(small)
        }
    }
}

extension UInt8 {
    /// A letter, a digit, `_`, `$`, or a byte of anything beyond ASCII, which SQLite takes for letters.
    fileprivate var isPartOfWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: isDigit
        }
    }

    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension Collection<UInt8> {
    fileprivate var asciiLowercased: [UInt8] {
        map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Whether it reads the same without quotes.
    fileprivate var isPlainName: Bool {
        guard let first, !first.isDigit, first != UInt8(ascii: "$"), allSatisfy(\.isPartOfWord) else { return false }
        return !SchemaTokens.keywords.contains(String(decoding: self, as: UTF8.self))
    }
}

extension SchemaTokens {
    /// What SQLite reads as something else than a name: <https://www.sqlite.org/lang_keywords.html>, and its two names of truth.
    fileprivate static let keywords = Set(
        """
        abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case cast check \
        collate column commit conflict constraint create cross current current_date current_time current_timestamp database default \
        deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain fail false \
        filter first following for foreign from full generated glob group groups having if ignore immediate in index indexed initially \
        inner insert instead intersect into is isnull join key last left like limit match materialized natural no not nothing notnull \
        null nulls of offset on or order others outer over partition plan pragma preceding primary query raise range recursive \
        references regexp reindex release rename replace restrict returning right rollback row rows savepoint select set table temp \
        temporary then ties to transaction trigger true unbounded union unique update using vacuum values view virtual when where \
        window with within without
        """.split(separator: " ").map(String.init)
    )
}
