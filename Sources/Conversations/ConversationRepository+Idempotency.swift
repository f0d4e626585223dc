import Database

extension ConversationRepository {
    /// Stores a new conversation, or finds that an earlier request with the same key has done so.
    ///
    /// One transaction holds the conversation and the key, and there is one writer: of any number of requests with a key at the same time the
    /// first one creates, and the others find its answer.
    ///
    /// - Parameter answer: what is sent, and kept, for a new conversation.
    /// - Throws: ``ConversationError/idempotencyKeyReused``, ``ConversationError/idExists(_:)`` (the key is free then), `DatabaseError`.
    public func create(
        _ id: ConversationID,
        title: ConversationTitle,
        under key: IdempotencyKey,
        answer: @escaping @Sendable (Conversation) -> KeptAnswer
    ) async throws -> (answer: KeptAnswer, isReplay: Bool) {
        try await database.write { session in
            let now = Timestamp.millisecondsNow()
            if let kept = try Self.keptAnswer(key, at: now, in: session) { return (kept, true) }
            let answer = answer(try Self.insert(id, title, in: session))
            try Self.keep(answer, key, at: now, in: session)
            return (answer, false)
        }
    }

    /// Removes keys whose time is over, the oldest first.
    ///
    /// - Returns: how many it has removed; fewer than `limit` when no more are left.
    public func removeExpiredKeys(limit: Int) async throws -> Int {
        let time = Timestamp(milliseconds: Timestamp.millisecondsNow() - IdempotencyKey.lifetime)
        return try await database.execute(SQL.removeExpired, [.text(time.description), .integer(Int64(limit))])
    }

    private static func keptAnswer(_ key: IdempotencyKey, at now: Timestamp.Milliseconds, in session: any Session) throws -> KeptAnswer? {
        let oldest = Timestamp(milliseconds: now - IdempotencyKey.lifetime)
        let arguments: [Value] = [.text(key.owner), .text(key.key), .text(oldest.description)]
        let kept = try session.first(SQL.keptAnswer, arguments) { row in
            guard let id = ConversationID(row.text(2)) else { throw ConversationError.malformedRow }
            return (row.text(0), KeptAnswer(status: row.integer(1), id: id, body: Array(row.text(3).utf8)))
        }
        guard let (fingerprint, answer) = kept else { return nil }
        guard fingerprint == key.fingerprint else { throw ConversationError.idempotencyKeyReused }
        return answer
    }

    private static func keep(
        _ answer: KeptAnswer,
        _ key: IdempotencyKey,
        at now: Timestamp.Milliseconds,
        in session: any Session
    ) throws {
        let arguments: [Value] = [
            .text(key.owner), .text(key.key), .text(key.fingerprint), .integer(Int64(answer.status)), .text(answer.id.description),
            .text(String(decoding: answer.body, as: UTF8.self)), .text(Timestamp(milliseconds: now).description),
        ]
        try session.execute(SQL.keep, arguments)
    }
}

private enum SQL {
    static let keptAnswer = """
        SELECT fingerprint, status, conversation_id, body FROM idempotency_keys WHERE owner = ? AND key = ? AND created_at > ?
        """
    /// A key whose time is over, and that has not been removed yet, begins anew.
    static let keep = """
        INSERT INTO idempotency_keys (owner, key, fingerprint, status, conversation_id, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (owner, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
        conversation_id = excluded.conversation_id, body = excluded.body, created_at = excluded.created_at
        """
    static let removeExpired = """
        DELETE FROM idempotency_keys WHERE (owner, key) IN
        (SELECT owner, key FROM idempotency_keys WHERE created_at <= ? ORDER BY created_at LIMIT ?)
        """
}
