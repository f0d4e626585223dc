import HTTP
import HTTPTypes

/// How a probe wants its answer: as JSON or as text, and without which checks.
struct HealthQuery: Sendable {
    /// Whether the answer is the text form that Kubernetes has (`[+]migrations ok`).
    private(set) var isText: Bool
    private(set) var excluded: Set<HealthCheck.Name> = []
    /// Names of checks to leave out that this probe does not have: a probe must not fail because of them.
    private(set) var unknown: [String] = []

    /// - Parameter checks: what may be left out; nil where nothing may.
    /// - Throws: ``Problem`` for a parameter that is not known.
    init(_ request: Request, excludable checks: [HealthCheck.Name]?) throws(Problem) {
        isText = Self.prefersText(request)
        for (name, value) in try PageQuery.items(of: request.query) {
            switch name {
            case "verbose": isText = true
            case "exclude" where checks != nil: exclude(value ?? "", of: checks ?? [])
            default:
                let known = checks == nil ? "verbose is" : "verbose and exclude are"
                throw Problem(.invalidQuery, "the parameter \"\(name)\" is not known here; \(known)")
            }
        }
    }

    private mutating func exclude(_ name: String, of checks: [HealthCheck.Name]) {
        if let check = HealthCheck.Name(rawValue: name), checks.contains(check) { excluded.insert(check) } else { unknown.append(name) }
    }

    /// Whether the Accept header names plain text, and no JSON before it.
    private static func prefersText(_ request: Request) -> Bool {
        guard request.header(.accept) != nil else { return false }
        let types = request.headerValues(.accept).joined(separator: ",").lowercased().split(separator: ",")
            .map { $0.prefix { $0 != ";" }.trimmed }
        return types.first { $0 == "text/plain" || $0.hasSuffix("json") } == "text/plain"
    }
}
