import Conversations
import FoundationEssentials

/// The opaque text that stands for a place in the list: base64url (RFC 4648, section 5) of a version, the sort order, and the last row's key.
enum PageCursor {
    private static let prefix = "1 -created_at "

    static func encode(_ position: ConversationPage.Position) -> String {
        let base64 = Data((prefix + "\(position.createdAt) \(position.id)").utf8).base64EncodedString()
        return String(decoding: base64.utf8.compactMap(urlSafe), as: UTF8.self)
    }

    /// - Throws: ``Problem`` `invalid-cursor`.
    static func decode(_ text: String) throws(Problem) -> ConversationPage.Position {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let base64 = String(decoding: text.utf8.map(standard), as: UTF8.self) + padding
        guard let data = Data(base64Encoded: base64), case let decoded = String(decoding: data, as: UTF8.self), decoded.hasPrefix(prefix),
            case let parts = decoded.dropFirst(prefix.count).split(separator: " "), parts.count == 2,
            let createdAt = Timestamp(String(parts[0])), let id = ConversationID(String(parts[1]))
        else { throw Problem(.invalidCursor, "the cursor is not one that this server has given out") }
        return ConversationPage.Position(createdAt: createdAt, id: id)
    }

    private static func urlSafe(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        case UInt8(ascii: "="): nil
        default: byte
        }
    }

    private static func standard(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: byte
        }
    }
}
