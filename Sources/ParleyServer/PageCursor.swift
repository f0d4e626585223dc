import Conversations
import Crypto
import FoundationEssentials

/// The opaque text that stands for a place in a list: base64url (RFC 4648, section 5) of a version, what the list is, and the last row's key.
enum PageCursor {
    private static let version = "2"

    /// The place behind which the next page of the list that `query` asks for begins.
    static func encode(_ position: ConversationPage.Position, in query: ConversationQuery) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        for part in [version, query.order.description, digest(of: query.filter), position.id.description] {
            bytes += part.utf8
            bytes.append(UInt8(ascii: " "))
        }
        bytes += position.key.utf8
        return Data(bytes).base64EncodedString(options: [.base64URLAlphabet, .omitPaddingCharacter])
    }

    /// - Throws: ``Problem`` `invalid-cursor`, also for a place in another list than the one that `query` asks for.
    static func decode(_ text: String, for query: ConversationQuery) throws(Problem) -> ConversationPage.Position {
        // The key is last, since a title has spaces in it.
        let parts = decoded(text)?.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false).map(String.init) ?? []
        guard parts.count == 5, parts[0] == version, let order = ConversationOrder(parts[1]), let id = ConversationID(parts[3]),
            order.key == .title ? !parts[4].isEmpty : Timestamp(parts[4]) != nil
        else {
            throw Problem(.invalidCursor, "the cursor is not one that this server has given out; begin without a cursor")
        }
        guard order == query.order, parts[2] == digest(of: query.filter) else {
            throw Problem(
                .invalidCursor,
                "the cursor belongs to a list with another sort or filter; repeat theirs, or begin without a cursor"
            )
        }
        return ConversationPage.Position(key: parts[4], id: id)
    }

    /// Tells one filter from another: 64 bits of a SHA-256, and a hyphen for no filter.
    private static func digest(of filter: ConversationFilter) -> String {
        guard !filter.isEmpty else { return "-" }
        let limits = filter.timeLimits.map { "\($0.key.rawValue)\($0.isStart ? ">" : "<")\($0.time)" }.sorted()
        let text = limits.joined(separator: " ") + " " + (filter.search ?? "")
        return SHA256.hash(data: Data(text.utf8)).prefix(8).hexadecimal
    }

    private static func decoded(_ text: String) -> String? {
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }) else {
            return nil
        }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain + padding).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
