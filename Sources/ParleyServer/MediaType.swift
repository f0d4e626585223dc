import HTTP
import HTTPTypes

/// The media types of bodies.
enum MediaType {
    static let json = "application/json"
    static let mergePatch = "application/merge-patch+json"
    /// One JSON value a line, under the name that most programs know …
    static let ndjson = "application/x-ndjson"
    /// … and under that of <https://jsonlines.org>.
    static let jsonLines = "application/jsonl"

    /// Refuses a body of a type that is not taken here; an empty body needs no type.
    static func require(_ allowed: [String], of request: Request, advertisedBy header: HTTPField.Name) throws(Problem) {
        if !request.body.isEmpty { try requireType(allowed, of: request, advertisedBy: header) }
    }

    /// The same for a body that comes piece by piece, which may be empty.
    static func requireType(_ allowed: [String], of request: Request, advertisedBy header: HTTPField.Name) throws(Problem) {
        try requireNoCoding(of: request)
        let parts = request.header(.contentType)?.split(separator: ";").map { $0.trimmed.lowercased() } ?? []
        guard let type = parts.first, allowed.contains(type), !parts.dropFirst().contains(where: isOtherCharset) else {
            var problem = Problem(
                .unsupportedMediaType,
                "send the body as \(allowed.joined(separator: " or ")) in UTF-8 (Content-Type: \(allowed[0]))"
            )
            problem.headers.append(header, allowed.joined(separator: ", "))
            throw problem
        }
    }

    private static func isOtherCharset(_ parameter: String) -> Bool {
        parameter.hasPrefix("charset=") && !["utf-8", "\"utf-8\"", "utf8"].contains(parameter.dropFirst(8))
    }

    /// Nothing is decompressed here: a small body could become one of gigabytes.
    private static func requireNoCoding(of request: Request) throws(Problem) {
        let codings = request.headerValues(.contentEncoding).flatMap { $0.split(separator: ",") }.map { $0.trimmed.lowercased() }
        guard codings.contains(where: { $0 != "identity" }) else { return }
        var problem = Problem(.unsupportedMediaType, "send the body as it is, without a Content-Encoding")
        // What the coding should have been, as RFC 9110, section 15.5.16, has it.
        problem.headers.append(.acceptEncoding, "identity")
        throw problem
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
