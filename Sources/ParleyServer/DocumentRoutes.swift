import HTTP
import HTTPTypes

/// What describes the service: `/openapi.yaml`, and a page for each problem.
struct DocumentRoutes: Sendable {
    var routes: [Route] {
        [
            Route(.get, "/openapi.yaml") { _, _ in
                Response(status: .ok, headers: Self.headers("application/yaml"), body: PackageResources.openapi_yaml)
            },
            Route(.get, "/problems/{code}") { _, parameters in try problem(parameters["code"]) },
        ]
    }

    private func problem(_ name: String) throws -> Response {
        guard let code = ProblemCode(rawValue: name) else {
            let all = ProblemCode.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.notFound, "there is no problem of this name; there are \(all)")
        }
        let text = "\(code.title) (\(code.rawValue), status \(code.status.code))\n\n\(code.explanation)\n"
        return Response(status: .ok, headers: Self.headers("text/plain; charset=utf-8"), body: Array(text.utf8))
    }

    /// The documents change with a release only.
    private static func headers(_ type: String) -> Headers {
        [.contentType: type, .cacheControl: "public, max-age=300"]
    }
}
