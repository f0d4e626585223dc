/// A part of a list of conversations.
public struct ConversationPage: Sendable, Hashable {
    public let conversations: [Conversation]
    /// Where the next page begins; nil on the last one.
    public let next: Position?
    /// How many conversations the whole list has, where that was asked for.
    public let total: Int?

    /// The place of a row in a list: by the key that the list is sorted by, and by identifier among rows with the same key.
    public struct Position: Sendable, Hashable {
        /// As it is stored.
        public let key: String
        public let id: ConversationID

        public init(key: String, id: ConversationID) {
            self.key = key
            self.id = id
        }
    }
}

extension Conversation {
    /// Its place in a list.
    func position(in order: ConversationOrder) -> ConversationPage.Position {
        switch order.key {
        case .createdAt: ConversationPage.Position(key: createdAt.description, id: id)
        case .updatedAt: ConversationPage.Position(key: updatedAt.description, id: id)
        case .title: ConversationPage.Position(key: title, id: id)
        }
    }
}
