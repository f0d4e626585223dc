import HTTP
import HTTPTypes

/// `/migrations`: read only, from memory, so it answers while migrations run and after they have failed.
struct MigrationRoutes: Sendable {
    let state: ServerState

    var routes: [Route] {
        [
            Route(.get, "/migrations") { request, _ in try list(request) },
            Route(.get, "/migrations/{version}") { request, parameters in try one(request, parameters["version"]) },
        ]
    }

    private func list(_ request: Request) throws -> Response {
        try Self.response(to: request, body: state.migrations.document)
    }

    private func one(_ request: Request, _ version: String) throws -> Response {
        guard let item = state.migrations.items.first(where: { $0.version == version }) else {
            throw Problem(.notFound, "there is no migration \(version); /migrations lists those that exist")
        }
        return try Self.response(to: request, body: JSONWriter.object(item.write))
    }

    private static func response(to request: Request, body: [UInt8]) throws -> Response {
        try PageQuery.requireNone(request.query)
        try MediaType.requireJSONAccepted(by: request)
        let tag = EntityTag(of: body)
        var headers = ConversationRoutes.headers
        headers.append(.eTag, tag.text)
        let isNotModified = try Preconditions(request).isNotModified(tag)
        return Response(status: isNotModified ? .notModified : .ok, headers: headers, body: body)
    }
}
