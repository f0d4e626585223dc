import Database

/// A statement of a file that is checked, with the few things that its tokens tell.
struct CheckedStatement {
    let statement: ScriptStatement
    /// Its first word: `DROP`, `DELETE`, `WITH` …
    let keyword: String
    private let bytes: ArraySlice<UInt8>

    init(_ statement: ScriptStatement, in content: MigrationContent) {
        self.statement = statement
        bytes = content.bytes[min(statement.start, statement.range.upperBound)..<statement.range.upperBound]
        var tokens = SQLTokens(bytes)
        keyword = tokens.next()?.text ?? ""
    }

    /// Whether something may be gone after it that was there before, or, after ROLLBACK TO, be there again. Making a thing loses nothing.
    var mayLose: Bool { keyword == "DROP" || keyword == "ALTER" || keyword == "ROLLBACK" }

    /// Whether it may leave another schema behind.
    var changesSchema: Bool { mayLose || keyword == "CREATE" }

    /// The table of a `DELETE` that has no `WHERE` of its own.
    var emptiedTable: String? {
        guard keyword == "DELETE" || keyword == "WITH" else { return nil }
        let outside = tokensOutsideParentheses
        guard let delete = mainVerb(of: outside), outside[delete].isWord("DELETE") else { return nil }
        guard !outside[delete...].contains(where: { $0.isWord("WHERE") }) else { return nil }
        return table(behind: delete + 2, in: outside)
    }

    /// The table that rows are put into.
    var insertedTable: String? {
        guard ["INSERT", "REPLACE", "WITH"].contains(keyword) else { return nil }
        let outside = tokensOutsideParentheses
        guard let verb = mainVerb(of: outside), outside[verb].isWord("INSERT", "REPLACE") else { return nil }
        guard let into = outside[verb...].firstIndex(where: { $0.isWord("INTO") }) else { return nil }
        return table(behind: into + 1, in: outside)
    }

    /// The verb: the first word, or what comes behind the tables of a `WITH`.
    private func mainVerb(of tokens: [SQLToken]) -> Int? {
        tokens.firstIndex { $0.isWord("DELETE", "INSERT", "REPLACE", "UPDATE", "SELECT", "VALUES") }
    }

    /// `name` or `schema.name`; SQLite takes a string for a name where only a name can be.
    private func table(behind index: Int, in tokens: [SQLToken]) -> String? {
        guard index < tokens.count, tokens[index].isName || tokens[index].kind == .string else { return nil }
        guard index + 2 < tokens.count, tokens[index + 1].isSymbol(".") else { return tokens[index].text }
        return tokens[index + 2].text
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

extension MigrationContent {
    /// Whether one of these words stands in it, outside of comments, strings and quotes.
    func hasWord(_ words: Set<String>) -> Bool {
        // A byte order mark would be taken for a part of the first word.
        SQLTokens(bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)).contains { $0.kind == .word && words.contains($0.text) }
    }
}
