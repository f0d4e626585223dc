import HTTP
import HTTPTypes

/// The media types of bodies.
enum MediaType {
    static let json = "application/json"
    static let mergePatch = "application/merge-patch+json"

    /// Refuses a body of a type that is not taken here; an empty body needs no type.
    static func require(_ allowed: [String], of request: Request, advertisedBy header: HTTPField.Name) throws(Problem) {
        guard !request.body.isEmpty else { return }
        let type = request.header(.contentType)?.prefix { $0 != ";" }.trimmed.lowercased()
        guard let type, allowed.contains(type) else {
            var problem = Problem(
                .unsupportedMediaType,
                "send the body as \(allowed.joined(separator: " or ")) (Content-Type: \(allowed[0]))"
            )
            problem.headers.append(header, allowed.joined(separator: ", "))
            throw problem
        }
    }

    /// Refuses a request whose Accept header leaves out JSON.
    static func requireJSONAccepted(by request: Request) throws(Problem) {
        guard request.header(.accept) != nil else { return }
        _ = try choose(from: [json], for: request)
    }

    /// The one of `offers` that the client likes best (RFC 9110, section 12.5.1); of those that it likes as well, the first.
    ///
    /// - Throws: ``Problem`` `not-acceptable`, with the offers.
    @inline(never)
    static func choose(from offers: [String], for request: Request) throws(Problem) -> String {
        let ranges = request.headerValues(.accept).flatMap { $0.split(separator: ",") }.map {
            $0.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        guard !ranges.isEmpty else { return offers[0] }
        let weighted = offers.map { (offer: $0, weight: weight(of: $0, in: ranges)) }
        guard let best = weighted.map(\.weight).max(), best > 0, let choice = weighted.first(where: { $0.weight == best }) else {
            throw Problem(.notAcceptable, "this resource is available as \(offers.joined(separator: " or "))")
        }
        return choice.offer
    }

    /// What names a type more closely wins over what comes with everything: `application/json;q=0, */*` is a no to JSON.
    private static func weight(of type: String, in ranges: [String]) -> Double {
        let names = [type, type.prefix { $0 != "/" } + "/*", "*/*"]
        let closest = names.lazy.compactMap { name in ranges.first { $0 == name || $0.hasPrefix(name + ";") } }.first
        guard let parameters = closest?.split(separator: ";").dropFirst() else { return 0 }
        return parameters.first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
    }
}
