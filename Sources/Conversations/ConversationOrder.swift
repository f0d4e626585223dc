/// What a list is sorted by. Conversations with the same key are sorted by their identifiers, in the same direction.
public struct ConversationOrder: Sendable, Hashable {
    public enum Key: String, Sendable, Hashable, CaseIterable {
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        /// By Unicode code points: upper case before lower case, accents behind both.
        case title
    }

    public let key: Key
    public let isDescending: Bool

    public static let newestFirst = ConversationOrder(.createdAt, isDescending: true)

    /// Every order that there is.
    public static let all = Key.allCases.flatMap {
        [ConversationOrder($0, isDescending: false), ConversationOrder($0, isDescending: true)]
    }

    public init(_ key: Key, isDescending: Bool) {
        self.key = key
        self.isDescending = isDescending
    }

    /// `title`, or `-title` for the other direction; nil for what is no key.
    public init?(_ text: String) {
        let isDescending = text.hasPrefix("-")
        guard let key = Key(rawValue: isDescending ? String(text.dropFirst()) : text) else { return nil }
        self.init(key, isDescending: isDescending)
    }
}

extension ConversationOrder: CustomStringConvertible {
    public var description: String { isDescending ? "-" + key.rawValue : key.rawValue }
}
