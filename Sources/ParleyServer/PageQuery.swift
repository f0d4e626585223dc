import Conversations
import HTTP

/// The query of `GET /conversations`.
struct PageQuery: Sendable {
    static let limits = 1...200

    private(set) var conversations = ConversationQuery(limit: 50)
    /// The parameters that lead to the other pages of the same list, encoded, each with an `&` before it; the limit and the cursor are not
    /// among them.
    private var others = ""

    /// - Throws: ``Problem``: `invalid-query` for a parameter that is unknown, repeated or has a value that it cannot have, `invalid-cursor`.
    init(_ query: Query) throws(Problem) {
        guard !query.rawValue.isEmpty else { return }
        // An array, since there are few: to hash them takes longer than to compare.
        var (seen, cursor) = ([Parameter](), String?.none)
        for (name, value) in try Self.items(of: query) {
            guard let parameter = Parameter(rawValue: name) else { throw Self.unknown(name) }
            guard !seen.contains(parameter) else { throw Problem(.invalidQuery, "\(name) is given more than once") }
            seen.append(parameter)
            if parameter == .cursor { cursor = value ?? "" } else { try take(parameter, value ?? "") }
        }
        // Last, since it belongs to what the others ask for.
        if let cursor { conversations.position = try PageCursor.decode(cursor, for: conversations) }
    }

    /// Where the next page is, which begins behind `cursor`.
    func target(of cursor: String) -> String {
        "/conversations?limit=\(conversations.limit)\(others)&cursor=\(cursor)"
    }

    /// Refuses a query where none is taken.
    static func requireNone(_ query: Query) throws(Problem) {
        guard let name = try items(of: query).first?.name else { return }
        throw Problem(.invalidQuery, "the parameter \"\(name)\" is not known here; this path takes none")
    }

    static func items(of query: Query) throws(Problem) -> [Query.Item] {
        do { return try query.items() } catch { throw Problem(.invalidQuery, error.description) }
    }

    private static func unknown(_ name: String) -> Problem {
        let names = Parameter.allCases.map(\.rawValue)
        let hint = NearestName.question(name, among: names, otherwise: "; these are: \(names.joined(separator: ", "))")
        return Problem(.invalidQuery, "the parameter \"\(name)\" is not known here\(hint)")
    }
}

// MARK: - The parameters

extension PageQuery {
    private enum Parameter: String, CaseIterable {
        case limit, cursor, sort
        case search = "q"
        case createdAfter = "created_after"
        case createdBefore = "created_before"
        case updatedAfter = "updated_after"
        case updatedBefore = "updated_before"
        case count
    }

    private mutating func take(_ parameter: Parameter, _ value: String) throws(Problem) {
        switch parameter {
        case .cursor: return
        case .limit: return conversations.limit = try Self.limit(value)
        case .sort: conversations.order = try Self.order(value)
        case .search: conversations.filter.search = try Self.search(value)
        case .createdAfter: try takeTimeLimit(parameter, .createdAt, isStart: true, value)
        case .createdBefore: try takeTimeLimit(parameter, .createdAt, isStart: false, value)
        case .updatedAfter: try takeTimeLimit(parameter, .updatedAt, isStart: true, value)
        case .updatedBefore: try takeTimeLimit(parameter, .updatedAt, isStart: false, value)
        case .count:
            guard value == "exact" else { throw Problem(.invalidQuery, "count has to be exact, or left out") }
            conversations.isCounted = true
        }
        others += "&\(parameter.rawValue)=\(value.percentEncoded)"
    }

    private static func limit(_ text: String) throws(Problem) -> Int {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text), limits.contains(limit)
        else {
            throw Problem(.invalidQuery, "limit has to be a whole number from \(limits.lowerBound) to \(limits.upperBound)")
        }
        return limit
    }

    private static func order(_ text: String) throws(Problem) -> ConversationOrder {
        guard let order = ConversationOrder(text) else {
            throw Problem(.invalidQuery, "sort has to be one of \(ConversationOrder.all.map(\.description).joined(separator: ", "))")
        }
        return order
    }

    private static func search(_ text: String) throws(Problem) -> String {
        guard (1...ConversationTitle.maximumLength).contains(text.unicodeScalars.count) else {
            throw Problem(.invalidQuery, "q has to be 1 to \(ConversationTitle.maximumLength) characters that a title has in it")
        }
        return text
    }

    /// A limit that is finer than the stored times is moved to the one of them that leaves out the same conversations.
    private mutating func takeTimeLimit(
        _ parameter: Parameter,
        _ key: ConversationOrder.Key,
        isStart: Bool,
        _ text: String
    ) throws(Problem) {
        guard let time = Timestamp(rfc3339: text, roundingUp: !isStart) else {
            let hint = text.contains(" ") ? "; the + of an offset is written %2B in a query" : ""
            throw Problem(.invalidQuery, "\(parameter.rawValue) has to be a time such as 2026-11-21T07:58:05.123Z (RFC 3339)\(hint)")
        }
        conversations.filter.timeLimits.append(ConversationFilter.TimeLimit(key, isStart: isStart, time))
    }
}

extension String {
    /// With every byte but the unreserved ones of RFC 3986, section 2.3, as `%HH`.
    fileprivate var percentEncoded: String {
        var encoded = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
