public import HTTPTypes

/// Finds the route for a request.
///
/// The path is split before it is decoded, so an encoded slash stays inside its segment. A literal segment beats a parameter,
/// and a trailing slash makes another path.
public struct Router: Sendable {
    /// What a request comes to.
    public enum Match: Sendable {
        /// A route, and the values its pattern's parameters have.
        case handler(Route, Parameters)
        /// An `OPTIONS` request for a path that is there: ``Response/options(allowing:)``.
        case options(allow: [HTTPRequest.Method], pattern: String)
        /// Nothing; the pattern is known when only the method is wrong.
        case refused(Refusal, pattern: String?)
    }

    /// The routes, as given.
    public let routes: [Route]
    /// The patterns of all routes, each once, in the order in which they were given.
    public let patterns: [String]
    private let root: RouteTree

    /// A router for `routes`. Two routes for the same method and path, or a pattern that does not start with a slash, are a
    /// mistake in the program, and trap.
    public init(_ routes: [Route]) {
        var root = RouteTree()
        let patterns = routes.reduce(into: [String]()) { if !$0.contains($1.pattern) { $0.append($1.pattern) } }
        let routes = routes.map { Route($0, patternNumber: patterns.firstIndex(of: $0.pattern) ?? 0) }
        for route in routes {
            precondition(route.pattern.utf8.first == UInt8(ascii: "/"), "\(route.pattern) does not start with a slash")
            root.insert(route, at: route.pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)[...])
        }
        self.routes = routes
        self.patterns = patterns
        self.root = root
    }

    /// What the server can do at all, which is what `OPTIONS *` asks.
    private var allMethods: [HTTPRequest.Method] {
        routes.map(\.method).reduce(into: []) { if !$0.contains($1) { $0.append($1) } } + [.head, .options]
    }

    /// Finds what `request` comes to.
    public func match(_ request: Request) -> Match {
        if request.path == "*", request.method == .options { return .options(allow: allMethods, pattern: "*") }
        do throws(Refusal) {
            var values: [String] = []
            let path = request.path.utf8.span
            guard path.count > 0, path[0] == UInt8(ascii: "/"), let leaf = try root.find(path.extracting(1...), &values)
            else { return .refused(.notFound, pattern: nil) }
            return leaf.match(request.method, values)
        } catch {
            return .refused(error, pattern: nil)
        }
    }
}
