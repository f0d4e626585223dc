import Database

/// A conversation: what the service keeps.
public struct Conversation: Sendable, Hashable {
    public let id: ConversationID
    public let title: String
    public let createdAt: Timestamp
    /// When it was last changed; never before ``createdAt``.
    public let updatedAt: Timestamp

    public init(id: ConversationID, title: String, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.title = title
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Conversation {
    /// The columns that ``init(row:)`` reads.
    static let columns = "id, title, created_at, updated_at"

    /// - Throws: ``ConversationError/malformedRow`` for a row that somebody has put into the table by another way.
    init(row: borrowing Row) throws(ConversationError) {
        var conversation: Conversation?
        row.withConversation { id, title, createdAt, updatedAt in
            conversation = Conversation(id, title, createdAt, updatedAt)
        }
        guard let conversation else { throw .malformedRow }
        self = conversation
    }

    /// Copies stored fields; nil where one is not in the form that Parley writes.
    public init?(_ id: Span<UInt8>, _ title: Span<UInt8>, _ createdAt: Span<UInt8>, _ updatedAt: Span<UInt8>) {
        guard let id = FixedText<36>(id).flatMap(ConversationID.init(stored:)),
            let createdAt = FixedText<24>(createdAt).flatMap(Timestamp.init(stored:)),
            let updatedAt = FixedText<24>(updatedAt).flatMap(Timestamp.init(stored:))
        else { return nil }
        self.id = id
        self.title = unsafe title.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Row {
    /// Lends the columns of ``Conversation/columns`` where they lie.
    borrowing func withConversation(
        _ body: (_ id: Span<UInt8>, _ title: Span<UInt8>, _ createdAt: Span<UInt8>, _ updatedAt: Span<UInt8>) -> Void
    ) {
        withBytes(0, 1, 2, 3, body)
    }
}
