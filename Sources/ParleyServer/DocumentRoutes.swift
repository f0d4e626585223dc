import HTTP
import HTTPTypes

/// What describes the service: `/openapi.yaml`, the same as JSON and as a page, and a page for each problem.
struct DocumentRoutes: Sendable {
    var routes: [Route] {
        [
            Route(.get, "/openapi.yaml", access: .anyone) { _, _ in
                Response(status: .ok, headers: Self.headers("application/yaml"), body: PackageResources.openapi_yaml)
            },
            Route(.get, "/openapi.json", access: .anyone) { _, _ in
                Response(status: .ok, headers: Self.headers(MediaType.json), body: PackageResources.openapi_json)
            },
            Route(.get, "/docs", access: .anyone) { _, _ in try await APIPage.made.value },
            Route(.get, "/problems", access: .anyone) { request, _ in Self.respond(to: request, ProblemPage.list, ProblemPage.listText)
            },
            Route(.get, "/problems/{code}", access: .anyone) { request, parameters in try problem(parameters["code"], request) },
        ]
    }

    private func problem(_ name: String, _ request: Request) throws -> Response {
        guard let code = ProblemCode(rawValue: name) else {
            throw Problem(.notFound, "there is no problem of this name; /problems lists those that exist")
        }
        let page = ProblemPage(code: code)
        return Self.respond(to: request, page.page, page.text)
    }

    /// Browsers ask for HTML; everything else gets plain text, which a terminal can show.
    private static func respond(to request: Request, _ page: @autoclosure () -> Page, _ text: @autoclosure () -> String) -> Response {
        // A client that followed the type of a problem asks for JSON; a page that explains is better than a 406.
        let type = (try? MediaType.choose(from: ["text/plain", "text/html"], for: request)) ?? "text/plain"
        var response =
            type == "text/html"
            ? page().response : Response(status: .ok, headers: headers("text/plain; charset=utf-8"), body: Array(text().utf8))
        response.headers.append(.vary, "Accept")
        return response
    }

    /// The documents change with a release only.
    private static func headers(_ type: String) -> Headers {
        [.contentType: type, .cacheControl: "public, max-age=300"]
    }
}
