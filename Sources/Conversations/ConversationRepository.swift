public import Database

/// Reads and writes conversations. All the SQL about them is here.
public struct ConversationRepository: Sendable {
    /// Decides, inside the transaction of a write, whether it may go on, from the conversation as it is; nil where there is none.
    public typealias Condition = @Sendable (Conversation?) throws -> Void

    private let database: any DatabaseBridge

    public init(database: any DatabaseBridge) {
        self.database = database
    }

    /// The conversation with an identifier.
    ///
    /// - Throws: ``ConversationError/notFound(_:)``, `DatabaseError`.
    public func find(_ id: ConversationID) async throws -> Conversation {
        try await database.read { session in try Self.existing(id, in: session) }
    }

    /// Reads one page of the list, newest first, adding each conversation to `accumulator` while it lies in the database's memory: nothing
    /// is copied or allocated for a row but what `add` makes of it.
    ///
    /// - Parameters:
    ///   - limit: at least 1.
    ///   - position: the last row of the page before; nil for the first page.
    /// - Returns: the accumulator, and the position behind which the next page begins; nil on the last one.
    public func readPage<Accumulator: Sendable>(
        limit: Int,
        after position: ConversationPage.Position? = nil,
        into accumulator: Accumulator,
        _ add:
            @Sendable (inout Accumulator, _ id: Span<UInt8>, _ title: Span<UInt8>, _ createdAt: Span<UInt8>, _ updatedAt: Span<UInt8>) ->
            Void
    ) async throws -> (Accumulator, next: ConversationPage.Position?) {
        try await database.read { session in
            var (accumulator, count, last) = (accumulator, 0, ConversationPage.Position?.none)
            // One row more than the page has tells whether there is another page.
            let (sql, arguments) = Self.pageQuery(limit: limit + 1, after: position)
            try session.forEachRow(of: sql, arguments) { row in
                count += 1
                guard count <= limit else { return false }
                row.withConversation { id, title, createdAt, updatedAt in add(&accumulator, id, title, createdAt, updatedAt) }
                if count == limit { last = try Conversation(row: row).position }
                return true
            }
            return (accumulator, count > limit ? last : nil)
        }
    }

    /// One page of the list as values.
    public func page(limit: Int, after position: ConversationPage.Position? = nil) async throws -> ConversationPage {
        let (rows, next) = try await readPage(limit: limit, after: position, into: [Conversation?]()) {
            rows,
            id,
            title,
            createdAt,
            updatedAt in
            rows.append(Conversation(id, title, createdAt, updatedAt))
        }
        let conversations = rows.compactMap(\.self)
        guard conversations.count == rows.count else { throw ConversationError.malformedRow }
        return ConversationPage(conversations: conversations, next: next)
    }

    /// Stores a new conversation.
    ///
    /// - Throws: ``ConversationError/idExists(_:)``, `DatabaseError`.
    public func create(_ id: ConversationID = .new(), title: ConversationTitle) async throws -> Conversation {
        try await database.write { session in try Self.insert(id, title, in: session) }
    }

    /// Stores a conversation under an identifier, whether or not there is one already.
    public func replace(
        _ id: ConversationID,
        title: ConversationTitle,
        if condition: @escaping Condition
    ) async throws -> (conversation: Conversation, isNew: Bool) {
        try await database.write { session in
            let before = try Self.conversation(id, in: session)
            try condition(before)
            let after = before == nil ? try Self.insert(id, title, in: session) : try Self.update(id, title, in: session)
            return (after, before == nil)
        }
    }

    /// Changes the title.
    ///
    /// - Throws: ``ConversationError/notFound(_:)``, what `condition` throws, `DatabaseError`.
    public func update(_ id: ConversationID, title: ConversationTitle, if condition: @escaping Condition) async throws -> Conversation {
        try await database.write { session in
            try condition(try Self.existing(id, in: session))
            return try Self.update(id, title, in: session)
        }
    }

    /// Removes a conversation.
    ///
    /// - Throws: ``ConversationError/notFound(_:)``, what `condition` throws, `DatabaseError`.
    public func delete(_ id: ConversationID, if condition: @escaping Condition) async throws {
        try await database.write { session in
            try condition(try Self.existing(id, in: session))
            try session.execute(SQL.delete, [.id(id)])
        }
    }
}

// MARK: - The statements

/// Each is one string for the life of the process, which is what the sessions know their prepared statements by.
private enum SQL {
    static let find = "SELECT \(Conversation.columns) FROM conversations WHERE id = ?"
    static let firstPage = "SELECT \(Conversation.columns) FROM conversations ORDER BY created_at DESC, id DESC LIMIT ?"
    static let nextPage = """
        SELECT \(Conversation.columns) FROM conversations WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?
        """
    static let insert = "INSERT INTO conversations (id, title) VALUES (?, ?) RETURNING \(Conversation.columns)"
    static let update = "UPDATE conversations SET title = ? WHERE id = ?"
    static let delete = "DELETE FROM conversations WHERE id = ?"
}

extension ConversationRepository {
    private static func conversation(_ id: ConversationID, in session: any Session) throws -> Conversation? {
        try session.first(SQL.find, [.id(id)], Conversation.init(row:))
    }

    private static func existing(_ id: ConversationID, in session: any Session) throws -> Conversation {
        guard let conversation = try conversation(id, in: session) else { throw ConversationError.notFound(id) }
        return conversation
    }

    private static func insert(_ id: ConversationID, _ title: ConversationTitle, in session: any Session) throws -> Conversation {
        do {
            guard let inserted = try session.rows(SQL.insert, [.id(id), .text(title.text)], Conversation.init(row:)).first else {
                throw ConversationError.malformedRow
            }
            return inserted
        } catch let error as DatabaseError where error.code == .uniqueViolation {
            throw ConversationError.idExists(id)
        }
    }

    /// The row is read again, since RETURNING would not show what the trigger does to updated_at.
    private static func update(_ id: ConversationID, _ title: ConversationTitle, in session: any Session) throws -> Conversation {
        try session.execute(SQL.update, [.text(title.text), .id(id)])
        return try existing(id, in: session)
    }

    private static func pageQuery(limit: Int, after position: ConversationPage.Position?) -> (sql: String, arguments: [Value]) {
        let limit = Value.integer(Int64(limit))
        guard let position else { return (SQL.firstPage, [limit]) }
        return (SQL.nextPage, [.text(position.createdAt.description), .id(position.id), limit])
    }
}

extension Value {
    fileprivate static func id(_ id: ConversationID) -> Value { .text(id.description) }
}
