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

    /// Refuses a request whose Accept header leaves out JSON (RFC 9110, section 12.5.1).
    static func requireJSONAccepted(by request: Request) throws(Problem) {
        guard request.header(.accept) != nil else { return }
        let ranges = request.headerValues(.accept).flatMap { $0.split(separator: ",") }.map {
            $0.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        // What names JSON more closely wins over what comes with everything: `application/json;q=0, */*` is a no.
        let closest = [json, "application/*", "*/*"].lazy.compactMap { type in ranges.first { $0 == type || $0.hasPrefix(type + ";") } }
            .first
        guard ranges.isEmpty || closest.map(isWanted) ?? false else {
            throw Problem(.notAcceptable, "this resource is available as \(json)")
        }
    }

    /// Whether a media range has a weight above zero, which is what it has when it says none.
    private static func isWanted(_ range: String) -> Bool {
        !range.split(separator: ";").dropFirst().contains { $0.hasPrefix("q=0") && $0.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" } }
    }
}
