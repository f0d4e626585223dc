import Database

/// A statement of a file that is checked, with the few things that its tokens tell.
struct CheckedStatement {
    let statement: ScriptStatement
    /// Its first word: `drop`, `delete`, `with` …
    let keyword: String
    private let bytes: ArraySlice<UInt8>

    init(_ statement: ScriptStatement, in content: MigrationContent) {
        self.statement = statement
        bytes = content.bytes[min(statement.start, statement.range.upperBound)..<statement.range.upperBound]
        var tokens = SQLTokens(bytes)
        keyword = tokens.next()?.text ?? ""
    }

    /// Whether something may be gone after it that was there before, or, after ROLLBACK TO, be there again. Making a thing loses nothing.
    var mayLose: Bool { keyword == "drop" || keyword == "alter" || keyword == "rollback" }

    /// Whether it may leave another schema behind.
    var changesSchema: Bool { mayLose || keyword == "create" }

    /// The table of a `DELETE` that has no `WHERE` of its own, or one like `WHERE 1` that every row meets.
    var emptiedTable: SchemaName? {
        guard keyword == "delete" || keyword == "with" else { return nil }
        let outside = tokensOutsideParentheses
        guard let delete = mainVerb(of: outside), outside[delete].isWord("delete") else { return nil }
        guard outside[delete...].drop(while: { !$0.isWord("where") }).dropFirst().allSatisfy(\.isAlwaysTrue) else { return nil }
        return table(behind: delete + 2, in: outside)
    }

    /// The table that rows are put into.
    var insertedTable: SchemaName? {
        guard ["insert", "replace", "with"].contains(keyword) else { return nil }
        let outside = tokensOutsideParentheses
        guard let verb = mainVerb(of: outside), outside[verb].isWord("insert", "replace") else { return nil }
        guard let into = outside[verb...].firstIndex(where: { $0.isWord("into") }) else { return nil }
        return table(behind: into + 1, in: outside)
    }

    /// The verb: the first word, or what comes behind the tables of a `WITH`.
    private func mainVerb(of tokens: [SQLToken]) -> Int? {
        tokens.firstIndex { $0.isWord("delete", "insert", "replace", "update", "select", "values") }
    }

    /// `name` or `schema.name`.
    private func table(behind index: Int, in tokens: [SQLToken]) -> SchemaName? {
        let isQualified = index + 2 < tokens.count && tokens[index + 1].isSymbol(".")
        return tokens.dropFirst(isQualified ? index + 2 : index).first?.name
    }

    private var tokensOutsideParentheses: [SQLToken] {
        var depth = 0
        return SQLTokens(bytes).filter { token in
            if token.isSymbol(")") { depth -= 1 }
            defer { if token.isSymbol("(") { depth += 1 } }
            return depth == 0
        }
    }
}

extension SQLToken {
    /// Whether a condition that is made of nothing else holds for every row: `1`, `true`, `1 = 1`.
    fileprivate var isAlwaysTrue: Bool {
        isWord("true") || isSymbol("=") || isSymbol(";") || (kind == .number && text != "0")
    }
}

extension MigrationContent {
    /// Whether one of these words stands in it, outside of comments, strings and quotes.
    func hasWord(_ words: Set<String>) -> Bool {
        SQLTokens(bytes[...]).contains { $0.kind == .word && words.contains($0.text) }
    }
}
