/// The part of a target after its first `?`, decoded only when asked for.
public struct Query: Sendable {
    /// One `name=value`; the value is `nil` where there is no `=`.
    public typealias Item = (name: String, value: String?)

    /// The query as it came, still encoded and without its `?`; empty for none.
    public let rawValue: String

    /// A query that is still encoded.
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The value of the first item called `name`: `nil` when there is none, empty when it has no value.
    ///
    /// - Throws: ``Refusal/malformed(_:)`` when that item cannot be decoded.
    public func first(_ name: String) throws(Refusal) -> String? {
        var found: String?
        try forEachPart { part throws(Refusal) in
            guard try Self.name(of: part) == name else { return true }
            found = try Self.value(of: part) ?? ""
            return false
        }
        return found
    }

    /// Every item, in order, so that a caller can refuse names it does not know.
    ///
    /// - Throws: ``Refusal/malformed(_:)`` when one of them cannot be decoded.
    public func items() throws(Refusal) -> [Item] {
        var items: [Item] = []
        try forEachPart { part throws(Refusal) in
            items.append((try Self.name(of: part), try Self.value(of: part)))
            return true
        }
        return items
    }

    /// Calls `body` with what stands between the `&`, as long as it returns true.
    private func forEachPart(_ body: (Span<UInt8>) throws(Refusal) -> Bool) throws(Refusal) {
        let text = rawValue.utf8
        var rest = text.span
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.count
            if end > 0 { guard try body(rest.extracting(..<end)) else { return } }
            rest = rest.extracting(min(end + 1, rest.count)...)
        }
    }

    private static func name(of part: Span<UInt8>) throws(Refusal) -> String {
        try PercentDecoding.decode(part.extracting(..<(part.firstIndex(of: UInt8(ascii: "=")) ?? part.count)), plusIsSpace: true)
    }

    private static func value(of part: Span<UInt8>) throws(Refusal) -> String? {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return try PercentDecoding.decode(part.extracting((equals + 1)...), plusIsSpace: true)
    }
}
