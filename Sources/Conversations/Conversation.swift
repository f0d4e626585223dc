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
        guard let id = row.fixedText(0, FixedText<36>.self).flatMap(ConversationID.init(stored:)),
            let createdAt = row.fixedText(2, FixedText<24>.self).flatMap(Timestamp.init(stored:)),
            let updatedAt = row.fixedText(3, FixedText<24>.self).flatMap(Timestamp.init(stored:))
        else { throw .malformedRow }
        self.init(id: id, title: row.text(1), createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension Row {
    fileprivate borrowing func fixedText<let length: Int>(_ column: Int, _ type: FixedText<length>.Type) -> FixedText<length>? {
        var text: FixedText<length>?
        withBytes(column) { bytes in text = FixedText<length>(bytes) }
        return text
    }
}
