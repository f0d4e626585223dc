/// A request's target ([RFC 9112, 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)), split but not decoded.
///
/// The origin form (`/path?query`), the absolute form (`http://host/path?query`) that every server must take, and `*`.
struct RequestTarget {
    let path: String
    let query: Query

    /// What stands for a target that was refused.
    static let none = RequestTarget(path: "", query: Query(""))

    /// - Throws: ``Refusal/malformed(_:)`` for bytes a URI cannot have, a fragment, or another form.
    init(parsing text: String) throws(Refusal) {
        let bytes = text.utf8.span
        guard bytes.indices.allSatisfy({ bytes[$0] > 0x20 && bytes[$0] < 0x7F && bytes[$0] != UInt8(ascii: "#") }) else {
            throw .malformed("The target has a character that must be percent-encoded.")
        }
        let origin = text.utf8.first == UInt8(ascii: "/") ? text : Self.droppingAuthority(from: text)
        guard origin.utf8.first == UInt8(ascii: "/") || origin == "*" else {
            throw .malformed("The target is neither a path nor a whole http URI.")
        }
        let length = origin.utf8.span.firstIndex(of: UInt8(ascii: "?"))
        let mark = length.map { origin.utf8.index(origin.startIndex, offsetBy: $0) }
        path = mark.map { String(origin[..<$0]) } ?? origin
        query = Query(mark.map { String(origin[origin.utf8.index(after: $0)...]) } ?? "")
    }

    private init(path: String, query: Query) {
        self.path = path
        self.query = query
    }

    private static func droppingAuthority(from target: String) -> String {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            return (rest[end...].first == "/" ? "" : "/") + rest[end...]
        }
        return target
    }
}
