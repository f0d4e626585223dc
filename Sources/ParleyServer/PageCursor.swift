import Conversations
import FoundationEssentials

/// The opaque text that stands for a place in the list: base64 (RFC 4648) of a version, the sort order, and the last row's key.
///
/// It can stand in a URL as it is: these 75 bytes need no padding, and none of them is one that base64 makes a `+` or `/` of.
enum PageCursor {
    private static let prefix = "1 -created_at "

    static func encode(_ position: ConversationPage.Position) -> String {
        Data("\(prefix)\(position.createdAt) \(position.id)".utf8).base64EncodedString()
    }

    /// - Throws: ``Problem`` `invalid-cursor`.
    static func decode(_ text: String) throws(Problem) -> ConversationPage.Position {
        guard let data = Data(base64Encoded: text), case let decoded = String(decoding: data, as: UTF8.self), decoded.hasPrefix(prefix),
            case let parts = decoded.dropFirst(prefix.count).split(separator: " "), parts.count == 2,
            let createdAt = Timestamp(String(parts[0])), let id = ConversationID(String(parts[1]))
        else { throw Problem(.invalidCursor, "the cursor is not one that this server has given out") }
        return ConversationPage.Position(createdAt: createdAt, id: id)
    }
}
