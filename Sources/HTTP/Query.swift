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
        for part in parts where try Self.name(of: part) == name {
            return try Self.value(of: part) ?? ""
        }
        return nil
    }

    /// Every item, in order, so that a caller can refuse names it does not know.
    ///
    /// - Throws: ``Refusal/malformed(_:)`` when one of them cannot be decoded.
    public func items() throws(Refusal) -> [Item] {
        var items: [Item] = []
        for part in parts {
            items.append((try Self.name(of: part), try Self.value(of: part)))
        }
        return items
    }

    private var parts: [Substring.UTF8View] {
        rawValue.utf8.split(separator: UInt8(ascii: "&"))
    }

    private static func name(of part: Substring.UTF8View) throws(Refusal) -> String {
        let part = part.span
        return try PercentDecoding.decode(part.extracting(..<(part.firstIndex(of: UInt8(ascii: "=")) ?? part.count)), plusIsSpace: true)
    }

    private static func value(of part: Substring.UTF8View) throws(Refusal) -> String? {
        let part = part.span
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return try PercentDecoding.decode(part.extracting((equals + 1)...), plusIsSpace: true)
    }
}
