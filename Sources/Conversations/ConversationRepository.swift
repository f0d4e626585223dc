public import Database

/// Reads and writes conversations. All the SQL about them is here, and that of lists in `ConversationQuery+SQL.swift`.
public struct ConversationRepository: Sendable {
    /// Decides, inside the transaction of a write, whether it may go on, from the conversation as it is; nil where there is none.
    public typealias Condition = @Sendable (Conversation?) throws -> Void

    let database: any DatabaseBridge

    public init(database: any DatabaseBridge) {
        self.database = database
    }

    /// Finds out whether the table is there, with every column that is read.
    ///
    /// - Throws: `DatabaseError` (`invalidStatement` where it is not).
    public func requireTable() async throws {
        _ = try await database.read { session in try Self.conversation(.new(), in: session) }
    }

    /// The conversation with an identifier.
    ///
    /// - Throws: ``ConversationError/notFound(_:)``, `DatabaseError`.
    public func find(_ id: ConversationID) async throws -> Conversation {
        try await database.read { session in try Self.existing(id, in: session) }
    }

    /// Takes a row into what a page becomes, while it lies in the database's memory.
    public typealias Addition<Accumulator> =
        @Sendable (inout Accumulator, _ id: Span<UInt8>, _ title: Span<UInt8>, _ createdAt: Span<UInt8>, _ updatedAt: Span<UInt8>) -> Void

    /// How long a page may take that has to look at more rows than it has.
    public static let longestScan = Duration.seconds(5)

    /// Reads one page of a list: nothing is copied or allocated for a row but what `add` makes of it.
    ///
    /// - Returns: the accumulator; the position behind which the next page begins, nil on the last one; the length of the whole list, where
    ///   that was asked for.
    /// - Throws: `DatabaseError` (`timedOut` after ``longestScan``).
    public func readPage<Accumulator: Sendable>(
        _ query: ConversationQuery,
        into accumulator: Accumulator,
        _ add: @escaping Addition<Accumulator>
    ) async throws -> (Accumulator, next: ConversationPage.Position?, total: Int?) {
        if query.mayScan { return try await scanPage(query, within: Self.longestScan, into: accumulator, add) }
        return try await database.read { session in
            let (page, next) = try Self.page(query, in: session, accumulator, add)
            return (page, next, nil)
        }
    }

    /// The same, and always beside the caller's thread: for lists that are read whole, page by page.
    ///
    /// Never inlined: what it keeps while it waits must not make the frame of a page from the index larger.
    ///
    /// - Parameter timeout: how long it may take, waiting for other scans included; nil for as long as it needs.
    @inline(never)
    public func scanPage<Accumulator: Sendable>(
        _ query: ConversationQuery,
        within timeout: Duration?,
        into accumulator: Accumulator,
        _ add: @escaping Addition<Accumulator>
    ) async throws -> (Accumulator, next: ConversationPage.Position?, total: Int?) {
        try await database.scan(timeout: timeout) { session in
            let (page, next) = try Self.page(query, in: session, accumulator, add)
            guard query.isCounted else { return (page, next, nil) }
            let count = query.countStatement
            return (page, next, try session.first(count.sql, count.arguments) { $0.integer(0) })
        }
    }

    private static func page<Accumulator>(
        _ query: ConversationQuery,
        in session: any Session,
        _ accumulator: Accumulator,
        _ add: Addition<Accumulator>
    ) throws -> (Accumulator, next: ConversationPage.Position?) {
        var (accumulator, count, last) = (accumulator, 0, ConversationPage.Position?.none)
        let statement = query.pageStatement
        try session.forEachRow(of: statement.sql, statement.arguments) { row in
            count += 1
            guard count <= query.limit else { return false }
            row.withConversation { id, title, createdAt, updatedAt in add(&accumulator, id, title, createdAt, updatedAt) }
            if count == query.limit { last = try Conversation(row: row).position(in: query.order) }
            return true
        }
        return (accumulator, count > query.limit ? last : nil)
    }

    /// One page of a list as values.
    public func page(_ query: ConversationQuery) async throws -> ConversationPage {
        let (rows, next, total) = try await readPage(query, into: [Conversation?]()) { rows, id, title, createdAt, updatedAt in
            rows.append(Conversation(id, title, createdAt, updatedAt))
        }
        let conversations = rows.compactMap(\.self)
        guard conversations.count == rows.count else { throw ConversationError.malformedRow }
        return ConversationPage(conversations: conversations, next: next, total: total)
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

    static func insert(_ id: ConversationID, _ title: ConversationTitle, in session: any Session) throws -> Conversation {
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
}

extension Value {
    fileprivate static func id(_ id: ConversationID) -> Value { .text(id.description) }
}
