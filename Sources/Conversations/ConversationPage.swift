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
}

extension Conversation {
    /// Its place in the list.
    var position: ConversationPage.Position { ConversationPage.Position(createdAt: createdAt, id: id) }
}
