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
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("The target has a character that must be percent-encoded.")
        }
        let origin = Self.droppingAuthority(from: text[...])
        let end = origin.utf8.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
        let path = origin[..<end]
        guard path.utf8.first == UInt8(ascii: "/") || path == "*" else {
            throw .malformed("The target is neither a path nor a whole http URI.")
        }
        self.init(path: String(path), query: Query(String(origin[end...].dropFirst())))
    }

    private init(path: String, query: Query) {
        self.path = path
        self.query = query
    }

    private static func droppingAuthority(from target: Substring) -> Substring {
        guard target.utf8.first != UInt8(ascii: "/") else { return target }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            return rest[end...].first == "/" ? rest[end...] : "/" + rest[end...]
        }
        return target
    }
}
