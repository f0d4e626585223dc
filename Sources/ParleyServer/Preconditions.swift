import HTTP
import HTTPTypes

/// The conditions of a request, in the order of RFC 9110, section 13.2.2.
struct Preconditions: Sendable {
    private let ifMatch: EntityTagList?
    private let ifNoneMatch: EntityTagList?
    /// Whether a write to what is there needs If-Match.
    private let requiresIfMatch: Bool

    /// - Throws: ``Problem`` `invalid-header`.
    init(_ request: Request, requiresIfMatch: Bool = false) throws(Problem) {
        self.requiresIfMatch = requiresIfMatch
        ifMatch = try Self.list(.ifMatch, of: request)
        ifNoneMatch = try Self.list(.ifNoneMatch, of: request)
    }

    private static func list(_ name: HTTPField.Name, of request: Request) throws(Problem) -> EntityTagList? {
        guard request.header(name) != nil else { return nil }
        guard let list = EntityTagList(request.headerValues(name)) else {
            throw Problem(.invalidHeader, "\(name.rawName) has to be * or a list of entity tags in double quotes")
        }
        return list
    }

    /// For GET and HEAD: whether the client has the representation already.
    ///
    /// - Throws: ``Problem`` `precondition-failed`.
    func isNotModified(_ tag: EntityTag) throws(Problem) -> Bool {
        if let ifMatch, !ifMatch.matchesStrongly(tag) { throw Self.failed(tag) }
        return ifNoneMatch?.matchesWeakly(tag) ?? false
    }

    /// For writes, inside their transaction; `current` gives the tag of what is there, nil where there is nothing.
    ///
    /// - Throws: ``Problem`` `precondition-failed`, with the current tag, or `precondition-required`.
    func requireWrite(current: () -> EntityTag?) throws(Problem) {
        guard ifMatch != nil || ifNoneMatch != nil || requiresIfMatch else { return }
        let tag = current()
        if let ifMatch, !(tag.map(ifMatch.matchesStrongly) ?? false) { throw Self.failed(tag) }
        if let ifNoneMatch, let tag, ifNoneMatch.matchesWeakly(tag) {
            throw Self.failed(tag, "the resource is there already, as If-None-Match excludes")
        }
        if requiresIfMatch, ifMatch == nil, tag != nil {
            throw Problem(.preconditionRequired, "this server wants If-Match for a change: GET the resource, and send its ETag")
        }
    }

    private static func failed(_ tag: EntityTag?, _ detail: String = "the resource is not as If-Match says: its ETag is another one")
        -> Problem
    {
        var problem = Problem(.preconditionFailed, tag == nil ? "there is no such resource" : detail)
        if let tag { problem.headers.append(.eTag, tag.text) }
        return problem
    }
}
