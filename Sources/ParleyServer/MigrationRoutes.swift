import HTTP
import HTTPTypes

/// `/migrations`: read only, from memory, so it answers while migrations run and after they have failed.
///
/// Anyone may look; what the database and the disk have said is for those with a token.
struct MigrationRoutes: Sendable {
    let state: ServerState
    let authenticator: Authenticator

    var routes: [Route] {
        [
            Route(.get, "/migrations", access: .anyone) { request, _ in try list(request) },
            Route(.get, "/migrations/{version}", access: .anyone) { request, parameters in try one(request, parameters["version"]) },
        ]
    }

    private func list(_ request: Request) throws -> Response {
        try Self.response(to: request, body: try progress(for: request).document)
    }

    private func one(_ request: Request, _ version: String) throws -> Response {
        guard let item = try progress(for: request).items.first(where: { $0.version == version }) else {
            throw Problem(.notFound, "there is no migration \(version); /migrations lists those that exist")
        }
        return try Self.response(to: request, body: JSONWriter.object(item.write))
    }

    private func progress(for request: Request) throws(Problem) -> MigrationProgress {
        guard authenticator.isOn, try authenticator.access(of: request) >= .read else { return state.migrations.forAnyone }
        return state.migrations
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
