import Database

/// A statement and what is bound to it.
struct BoundStatement {
    let sql: String
    let arguments: [Value]
}

extension ConversationQuery {
    /// The rows of the page, and one more, which tells whether there is another page.
    var pageStatement: BoundStatement {
        guard !(filter.isEmpty && order == .newestFirst) else { return plainStatement }
        var conditions = conditions(of: filter.timeLimits.filter { !isImplied($0) })
        if let position {
            let place = "(\(order.key.rawValue), id) \(order.isDescending ? "<" : ">") (?, ?)"
            conditions.append((place, [.text(position.key), .text(position.id.description)]))
        }
        let direction = order.isDescending ? " DESC" : ""
        let ending = " ORDER BY \(order.key.rawValue)\(direction), id\(direction) LIMIT ?"
        return Self.statement("SELECT \(Conversation.columns) FROM conversations", conditions, ending, [.integer(Int64(limit + 1))])
    }

    /// How many rows the filter lets through, on all pages together.
    var countStatement: BoundStatement {
        Self.statement("SELECT count(*) FROM conversations", conditions(of: filter.timeLimits), "", [])
    }

    private typealias Condition = (sql: String, arguments: [Value])

    private func conditions(of limits: [ConversationFilter.TimeLimit]) -> [Condition] {
        let times = limits.map { ("\($0.key.rawValue) \($0.isStart ? ">" : "<") ?", [Value.text($0.time.description)]) }
        return times + (filter.search.map { [("contains_folded(title, ?)", [.text($0)])] } ?? [])
    }

    /// Whether what lies behind the position is within a limit anyway. Of two limits to the same side SQLite takes one for the place where
    /// it begins to read, and if that were this one, it would read all pages before: 110 ms for page 10,000 instead of 0.04.
    private func isImplied(_ limit: ConversationFilter.TimeLimit) -> Bool {
        guard let position, limit.key == order.key, limit.isStart != order.isDescending else { return false }
        let time = limit.time.description
        return limit.isStart ? position.key > time : position.key < time
    }

    private static func statement(_ start: String, _ conditions: [Condition], _ end: String, _ last: [Value]) -> BoundStatement {
        let list = conditions.map(\.sql).joined(separator: " AND ")
        let sql = start + (list.isEmpty ? "" : " WHERE " + list) + end
        return BoundStatement(sql: sql, arguments: conditions.flatMap(\.arguments) + last)
    }
}

// MARK: - The list that most clients ask for

extension ConversationQuery {
    private static let firstPage = "SELECT \(Conversation.columns) FROM conversations ORDER BY created_at DESC, id DESC LIMIT ?"
    private static let nextPage = """
        SELECT \(Conversation.columns) FROM conversations WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?
        """

    /// Newest first, without a filter: each is one string for the life of the process.
    private var plainStatement: BoundStatement {
        let limit = Value.integer(Int64(limit + 1))
        guard let position else { return BoundStatement(sql: Self.firstPage, arguments: [limit]) }
        return BoundStatement(sql: Self.nextPage, arguments: [.text(position.key), .text(position.id.description), limit])
    }
}
