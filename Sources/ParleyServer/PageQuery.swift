import Conversations
import HTTP

/// The query of `GET /conversations`.
struct PageQuery: Sendable {
    static let limits = 1...200

    private(set) var limit = 50
    private(set) var position: ConversationPage.Position?

    /// - Throws: ``Problem``: `invalid-query` for a parameter that is unknown, repeated or out of range, `invalid-cursor`.
    init(_ query: Query) throws(Problem) {
        guard !query.rawValue.isEmpty else { return }
        var seen: Set<String> = []
        for (name, value) in try Self.items(of: query) {
            guard seen.insert(name).inserted else { throw Problem(.invalidQuery, "\(name) is given more than once") }
            switch name {
            case "limit": limit = try Self.limit(value ?? "")
            case "cursor": position = try PageCursor.decode(value ?? "")
            default: throw Problem(.invalidQuery, "the parameter \"\(name)\" is not known here; limit and cursor are")
            }
        }
    }

    /// Refuses a query where none is taken.
    static func requireNone(_ query: Query) throws(Problem) {
        guard let name = try items(of: query).first?.name else { return }
        throw Problem(.invalidQuery, "the parameter \"\(name)\" is not known here; this path takes none")
    }

    private static func items(of query: Query) throws(Problem) -> [Query.Item] {
        do { return try query.items() } catch { throw Problem(.invalidQuery, error.description) }
    }

    private static func limit(_ text: String) throws(Problem) -> Int {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text), limits.contains(limit)
        else {
            throw Problem(.invalidQuery, "limit has to be a whole number from \(limits.lowerBound) to \(limits.upperBound)")
        }
        return limit
    }
}
