import Conversations
import HTTP
import HTTPTypes

/// `/conversations`.
struct ConversationRoutes: Sendable {
    /// The repository, or the reason why there is none at this moment.
    let repository: @Sendable () throws(Problem) -> ConversationRepository
    /// Whose the keys of idempotent creates are.
    let authenticator: Authenticator
    /// Whether what is there is only changed and deleted with If-Match.
    let requiresIfMatch: Bool

    var routes: [Route] {
        [
            Route(.get, "/conversations") { request, _ in try await list(request) },
            Route(.post, "/conversations") { request, _ in try await create(request) },
            Route(.get, "/conversations/{id}") { request, parameters in try await read(request, try id(parameters, request)) },
            Route(.put, "/conversations/{id}") { request, parameters in try await replace(request, try id(parameters, request)) },
            Route(.patch, "/conversations/{id}") { request, parameters in try await update(request, try id(parameters, request)) },
            Route(.delete, "/conversations/{id}") { request, parameters in try await delete(request, try id(parameters, request)) },
        ]
    }

    private func list(_ request: Request) async throws -> Response {
        let repository = try repository()
        let query = try PageQuery(request.query)
        try MediaType.requireJSONAccepted(by: request)
        let document = PageDocument(limit: query.conversations.limit)
        let (page, next, total) = try await repository.readPage(query.conversations, into: document) { $0.add($1, $2, $3, $4) }
        let cursor = next.map { PageCursor.encode($0, in: query.conversations) }
        var response = Response(status: .ok, headers: Self.headers, body: page.finished(nextCursor: cursor, total: total))
        if let cursor { response.headers.append(.link, "<\(query.target(of: cursor))>; rel=\"next\"") }
        return response
    }

    private func create(_ request: Request) async throws -> Response {
        let repository = try repository()
        try PageQuery.requireNone(request.query)
        try MediaType.require([MediaType.json], of: request, advertisedBy: .acceptPost)
        let payload = try ConversationPayload(request.body, for: .create)
        if let key = try IdempotencyKey(request, payload: payload, authenticator) { return try await createOnce(payload, key, repository) }
        let conversation = try await repository.create(payload.id ?? .new(), title: payload.title ?? .standard)
        return Self.created(conversation)
    }

    /// Never inlined: what it keeps while it waits must not make the frame of a plain create larger.
    @inline(never)
    private func createOnce(
        _ payload: ConversationPayload,
        _ key: IdempotencyKey,
        _ repository: ConversationRepository
    ) async throws -> Response {
        let (answer, isReplay) = try await repository.create(payload.id ?? .new(), title: payload.title ?? .standard, under: key) {
            KeptAnswer(status: HTTPResponse.Status.created.code, id: $0.id, body: $0.representation)
        }
        var response = Self.created(answer.id, answer.body, HTTPResponse.Status(code: answer.status))
        if isReplay { response.headers.append(.idempotencyReplayed, "true") }
        return response
    }

    private func read(_ request: Request, _ id: ConversationID) async throws -> Response {
        let repository = try repository()
        try MediaType.requireJSONAccepted(by: request)
        let conditions = try Preconditions(request)
        let body = try await repository.find(id).representation
        let tag = EntityTag(of: body)
        // The body goes along with a 304 too: the server sends its length only, which RFC 9110, section 8.6, wants to be that of the 200.
        return Self.response(try conditions.isNotModified(tag) ? .notModified : .ok, body, tag)
    }

    private func replace(_ request: Request, _ id: ConversationID) async throws -> Response {
        let repository = try repository()
        try MediaType.require([MediaType.json], of: request, advertisedBy: .accept)
        let payload = try ConversationPayload(request.body, for: .replace(id))
        let conditions = try Preconditions(request, requiresIfMatch: requiresIfMatch)
        let (conversation, isNew) = try await repository.replace(id, title: payload.title ?? .standard) { current in
            try conditions.requireWrite { current?.entityTag }
        }
        return isNew ? Self.created(conversation) : Self.response(.ok, conversation)
    }

    private func update(_ request: Request, _ id: ConversationID) async throws -> Response {
        let repository = try repository()
        try MediaType.require([MediaType.mergePatch, MediaType.json], of: request, advertisedBy: .acceptPatch)
        let payload = try ConversationPayload(request.body, for: .patch)
        let conditions = try Preconditions(request, requiresIfMatch: requiresIfMatch)
        let conversation = try await repository.update(id, title: payload.title ?? .standard) { current in
            try conditions.requireWrite { current?.entityTag }
        }
        return Self.response(.ok, conversation)
    }

    private func delete(_ request: Request, _ id: ConversationID) async throws -> Response {
        let repository = try repository()
        let conditions = try Preconditions(request, requiresIfMatch: requiresIfMatch)
        try await repository.delete(id) { current in try conditions.requireWrite { current?.entityTag } }
        return Response(status: .noContent)
    }

    /// The identifier in the path; what takes one takes no query.
    private func id(_ parameters: Parameters, _ request: Request) throws(Problem) -> ConversationID {
        try PageQuery.requireNone(request.query)
        guard let id = ConversationID(parameters["id"]) else {
            throw Problem(.invalidID, "the id in the path has to be a UUID, such as 0198c0de-7a3f-7d52-9c1b-3f2a51c0de99")
        }
        return id
    }
}

// MARK: - Answers

extension ConversationRoutes {
    /// A cache may keep what it got for one user, and has to ask each time whether it is still so.
    static let headers: Headers = [.contentType: MediaType.json, .cacheControl: "private, no-cache", .vary: "Authorization"]

    private static func created(_ conversation: Conversation) -> Response {
        created(conversation.id, conversation.representation, .created)
    }

    private static func created(_ id: ConversationID, _ body: [UInt8], _ status: HTTPResponse.Status) -> Response {
        var response = response(status, body, EntityTag(of: body))
        response.headers.append(.location, "/conversations/\(id)")
        return response
    }

    private static func response(_ status: HTTPResponse.Status, _ conversation: Conversation) -> Response {
        let body = conversation.representation
        return response(status, body, EntityTag(of: body))
    }

    private static func response(_ status: HTTPResponse.Status, _ body: [UInt8], _ tag: EntityTag) -> Response {
        var response = Response(status: status, headers: headers, body: body)
        response.headers.append(.eTag, tag.text)
        return response
    }
}
