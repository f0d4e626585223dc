/// A part of the list of conversations, newest first.
public struct ConversationPage: Sendable, Hashable {
    public let conversations: [Conversation]
    /// Where the next page begins; nil on the last one.
    public let next: Position?

    /// The place of a row in the list: by time, and by identifier among rows of the same millisecond.
    public struct Position: Sendable, Hashable {
        public let createdAt: Timestamp
        public let id: ConversationID

        public init(createdAt: Timestamp, id: ConversationID) {
            self.createdAt = createdAt
            self.id = id
        }
    }

    /// - Parameter rows: one more than `limit` where there is a next page.
    init(rows: [Conversation], limit: Int) {
        var conversations = rows
        if conversations.count > limit { conversations.removeLast(conversations.count - limit) }
        let last = conversations.last
        next = rows.count > limit ? last.map { Position(createdAt: $0.createdAt, id: $0.id) } : nil
        self.conversations = conversations
    }
}
