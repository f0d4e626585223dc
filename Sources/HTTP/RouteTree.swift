internal import HTTPTypes

/// Routes by the segments of their patterns. Looking up allocates nothing but the values of parameters.
struct RouteTree: Sendable {
    private var literals: [(segment: String, child: RouteTree)] = []
    private var parameter: [RouteTree] = []
    private var leaf = Leaf()

    /// The routes that share a path.
    struct Leaf: Sendable {
        fileprivate(set) var routes: [Route] = []
        fileprivate(set) var allow: [HTTPRequest.Method] = []
    }

    mutating func insert(_ route: Route, at segments: ArraySlice<Substring>) {
        guard let segment = segments.first else { return leaf.insert(route) }
        let rest = segments.dropFirst()
        if segment.isParameter {
            if parameter.isEmpty { parameter.append(RouteTree()) }
            parameter[0].insert(route, at: rest)
        } else if let index = literals.firstIndex(where: { $0.segment == segment }) {
            literals[index].child.insert(route, at: rest)
        } else {
            var child = RouteTree()
            child.insert(route, at: rest)
            literals.append((String(segment), child))
        }
    }

    /// Finds the routes for what is left of a path, its leading slash already taken; collects the values of parameters on the way.
    func find(_ path: Span<UInt8>, _ values: inout [String]) throws(Refusal) -> Leaf? {
        let end = path.firstIndex(of: UInt8(ascii: "/")) ?? path.count
        let segment = try PercentDecoding.decode(path.extracting(..<end))
        let rest = path.extracting(min(end + 1, path.count)...)
        let isLast = end == path.count
        for literal in literals where literal.segment == segment {
            if let leaf = try literal.child.descend(rest, isLast, &values) { return leaf }
        }
        guard let child = parameter.first, !segment.isEmpty else { return nil }
        values.append(segment)
        if let leaf = try child.descend(rest, isLast, &values) { return leaf }
        values.removeLast()
        return nil
    }

    private func descend(_ rest: Span<UInt8>, _ isLast: Bool, _ values: inout [String]) throws(Refusal) -> Leaf? {
        if !isLast { return try find(rest, &values) }
        return leaf.routes.isEmpty ? nil : leaf
    }
}

extension RouteTree.Leaf {
    fileprivate mutating func insert(_ route: Route) {
        precondition(!routes.contains { $0.method == route.method }, "\(route.method) \(route.pattern) is routed twice")
        routes.append(route)
        allow = routes.map(\.method) + (routes.contains { $0.method == .get } ? [.head] : []) + [.options]
    }

    func match(_ method: HTTPRequest.Method, _ values: [String]) -> Router.Match {
        let pattern = routes[0].pattern
        if let route = routes.first(where: { $0.method == method }) ?? fallback(for: method) {
            return .handler(route, Parameters(names: route.parameterNames, values: values))
        }
        return method == .options ? .options(allow: allow, pattern: pattern) : .refused(.methodNotAllowed(allow: allow), pattern: pattern)
    }

    private func fallback(for method: HTTPRequest.Method) -> Route? {
        method == .head ? routes.first { $0.method == .get } : nil
    }
}
