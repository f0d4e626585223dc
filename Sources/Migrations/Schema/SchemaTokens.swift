/// The tokens of a statement, without what cannot matter: white space, comments, the case of letters and the quotes of names.
///
/// Two statements with equal tokens make the same object. The reverse does not hold: `INT` and `INTEGER` stay different, since telling
/// which differences have no effect takes SQLite's whole parser.
struct SchemaTokens: Equatable {
    private(set) var tokens: [SQLToken]

    init(_ sql: String) {
        tokens = []
        var scanner = SQLTokens(sql)
        while let token = scanner.next() {
            let isDefault = tokens.last?.isWord("default") ?? false
            tokens.append(isDefault ? token.asDefault(written: scanner.written) : token.withoutSpareQuotes)
        }
        dropIfNotExists()
    }

    /// It stands behind `CREATE TABLE`, `CREATE UNIQUE INDEX` and their like.
    private mutating func dropIfNotExists() {
        let words = SQLTokens("IF NOT EXISTS")
        for start in 2...3 where tokens.dropFirst(start).starts(with: words) {
            tokens.removeSubrange(start..<start + 3)
            return
        }
    }
}

extension SQLToken {
    /// Behind DEFAULT, SQLite takes a name for a string, and then the case of its letters matters. A keyword stays one, also the one behind
    /// `ON DELETE SET DEFAULT`.
    fileprivate func asDefault(written text: ArraySlice<UInt8>) -> SQLToken {
        isName && !(kind == .word && Self.keywords.contains(self.text)) ? SQLToken(.string, text) : self
    }

    /// A name that would be read in the same way without its quotes loses them.
    fileprivate var withoutSpareQuotes: SQLToken {
        let word = SQLToken(.word, bytes)
        guard kind == .quotedName, !Self.keywords.contains(text), SQLTokens(bytes[...]).elementsEqual([word]) else { return self }
        return word
    }

    /// What SQLite reads as something else than a name: <https://www.sqlite.org/lang_keywords.html>, and its two names of truth.
    private static let keywords = Set(
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
