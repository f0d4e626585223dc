import Database

/// What becomes of a conversation whose identifier is taken.
public enum ConflictRule: String, Sendable, Hashable, CaseIterable {
    /// It is not stored, and that is a fault.
    case error
    /// It is not stored.
    case skip
    /// It takes the place of the one that is there.
    case replace
}

/// What became of a conversation that was to be stored as it is.
public enum StoringOutcome: Sendable, Hashable {
    case imported, replaced, skipped
    /// Its identifier is taken, and the rule is ``ConflictRule/error``.
    case conflicting
    /// A constraint that somebody has added to the table refuses it.
    case refused
}

extension ConversationRepository {
    /// Runs `body` in one transaction, all or nothing, with a function that stores a conversation as it is, its times included.
    ///
    /// Other writers wait until it has ended. It may be run again, like every body of a write, so it begins at its beginning each time.
    ///
    /// - Throws: what `body` throws, `DatabaseError`; nothing is stored then.
    public func storing<Result: Sendable>(
        _ rule: ConflictRule,
        _ body: @escaping @Sendable (_ store: (Conversation) throws -> StoringOutcome) throws -> Result
    ) async throws -> Result {
        try await database.write { session in
            try body { conversation in
                do { return try Self.store(conversation, rule, in: session) } catch let error as DatabaseError
                    where error.isConstraintViolation
                {
                    return .refused
                }
            }
        }
    }

    private static func store(_ conversation: Conversation, _ rule: ConflictRule, in session: any Session) throws -> StoringOutcome {
        let values: [Value] = [
            .text(conversation.title), .text(conversation.createdAt.description), .text(conversation.updatedAt.description),
            .text(conversation.id.description),
        ]
        if try session.execute(StoringSQL.insert, values) == 1 { return .imported }
        switch rule {
        case .error: return .conflicting
        case .skip: return .skipped
        case .replace:
            try replace(conversation, values, in: session)
            return .replaced
        }
    }

    /// The table's trigger takes an update that leaves updated_at as it is for one that forgot it. So a row that has the new time already is given
    /// another one first, which nobody sees.
    private static func replace(_ conversation: Conversation, _ values: [Value], in session: any Session) throws {
        let other = conversation.updatedAt == .first ? Timestamp.last : .first
        try session.execute(StoringSQL.touch, [.text(other.description), values[3], values[2]])
        try session.execute(StoringSQL.replace, values)
    }
}

private enum StoringSQL {
    static let insert = "INSERT INTO conversations (title, created_at, updated_at, id) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
    static let touch = "UPDATE conversations SET updated_at = ? WHERE id = ? AND updated_at = ?"
    static let replace = "UPDATE conversations SET title = ?, created_at = ?, updated_at = ? WHERE id = ?"
}

extension Timestamp {
    fileprivate static let first = Timestamp(milliseconds: range.lowerBound)
    fileprivate static let last = Timestamp(milliseconds: range.upperBound)
}
