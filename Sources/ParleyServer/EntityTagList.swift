/// What `If-Match` and `If-None-Match` hold: `*`, or a list of entity tags (RFC 9110, sections 13.1.1 and 13.1.2).
enum EntityTagList: Sendable, Hashable {
    case any
    case tags([Tag])

    struct Tag: Sendable, Hashable {
        let isWeak: Bool
        /// With its quotes.
        let text: String
    }

    /// The lines of a header that may be repeated; nil where their syntax is wrong.
    init?(_ lines: [String]) {
        let value = lines.joined(separator: ",")
        if value.trimmed == "*" {
            self = .any
            return
        }
        guard let tags = Self.parse(value.utf8[...]), !tags.isEmpty else { return nil }
        self = .tags(tags)
    }

    /// Strong comparison: weak tags never match. For `If-Match`.
    func matchesStrongly(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { !$0.isWeak && $0.text == tag.text }
        }
    }

    /// Weak comparison: only the text counts. For `If-None-Match`.
    func matchesWeakly(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.text == tag.text }
        }
    }

    /// Between the quotes a tag may hold commas, so the list cannot simply be split.
    private static func parse(_ value: Substring.UTF8View) -> [Tag]? {
        var tags: [Tag] = []
        var rest = value
        while true {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
            guard !rest.isEmpty else { return tags }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == UInt8(ascii: "\""), let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            tags.append(Tag(isWeak: isWeak, text: String(Substring(rest[...end]))))
            rest = rest[rest.index(after: end)...]
            let next = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard next.isEmpty || next.first == UInt8(ascii: ",") else { return nil }
        }
    }
}

extension StringProtocol {
    /// Without the spaces and tabs at its ends.
    var trimmed: SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start }
        return start[...last]
    }
}
