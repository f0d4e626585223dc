import HTTPTypes

/// What a client can be told that went wrong. Each has a page at `/problems/<code>`. A new one is a case, and an entry below.
enum ProblemCode: String, Sendable, CaseIterable {
    case invalidJSON = "invalid-json"
    case invalidQuery = "invalid-query"
    case invalidCursor = "invalid-cursor"
    case invalidID = "invalid-id"
    case invalidHeader = "invalid-header"
    case invalidRequest = "invalid-request"
    case unauthorized
    case insufficientScope = "insufficient-scope"
    case foreignPage = "foreign-page"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case idExists = "id-exists"
    case preconditionFailed = "precondition-failed"
    case payloadTooLarge = "payload-too-large"
    case uriTooLong = "uri-too-long"
    case headersTooLarge = "headers-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case expectationFailed = "expectation-failed"
    case validationFailed = "validation-failed"
    case idempotencyKeyReused = "idempotency-key-reused"
    case preconditionRequired = "precondition-required"
    case internalError = "internal-error"
    case notImplemented = "not-implemented"
    case starting
    case migrating
    case migrationFailed = "migration-failed"
    case schemaAhead = "schema-ahead"
    case draining
    case busy
    case databaseUnavailable = "database-unavailable"
    case timeout
    case storageFull = "storage-full"

    var status: HTTPResponse.Status { entry.status }
    var title: String { entry.title }

    /// Seconds after which trying again may help; nil where only another request, or an operator, does.
    var retryAfter: Int? { entry.retryAfter }
}

extension ProblemCode {
    /// All that is the same for every occurrence of a problem.
    struct Entry {
        let status: HTTPResponse.Status
        let title: String
        /// What has happened, for the page about it.
        let meaning: String
        /// What the reader can do next.
        let remedy: String
        /// The detail of an occurrence, as an example.
        let example: String
        let retryAfter: Int?

        init(_ status: HTTPResponse.Status, _ title: String, _ meaning: String, next: String, example: String, retryAfter: Int? = nil) {
            (self.status, self.title, self.meaning, self.remedy) = (status, title, meaning, next)
            (self.example, self.retryAfter) = (example, retryAfter)
        }
    }

    var entry: Entry {
        switch self {
        case .invalidJSON:
            Entry(
                .badRequest,
                "Invalid JSON",
                "The body is not JSON in UTF-8.",
                next: "Check quotes, commas and braces, and that no member is given twice.",
                example: "the body is not valid JSON"
            )
        case .invalidQuery:
            Entry(
                .badRequest,
                "Invalid query",
                "A query parameter is unknown, repeated, or has a value outside its range.",
                next: "The detail names the parameter and what it takes.",
                example: "limit has to be a whole number from 1 to 200"
            )
        case .invalidCursor:
            Entry(
                .badRequest,
                "Invalid cursor",
                "The cursor is not one that this list has given out.",
                next: "Use next_cursor, or the Link header, of the page before, unchanged; or begin without a cursor.",
                example: "the cursor is not one that this server has given out"
            )
        case .invalidID:
            Entry(
                .badRequest,
                "Invalid identifier",
                "The identifier in the path is not a UUID.",
                next: "Identifiers look like 0198c0de-7a3f-7d52-9c1b-3f2a51c0de99; take them from id or Location.",
                example: "the id in the path has to be a UUID, such as 0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
            )
        case .invalidHeader:
            Entry(
                .badRequest,
                "Invalid header",
                "A header of the request cannot be read.",
                next: "The detail names the header and its form.",
                example: "If-Match has to be * or a list of entity tags in double quotes"
            )
        case .invalidRequest:
            Entry(
                .badRequest,
                "Invalid request",
                "The request breaks the rules of HTTP, or its path cannot be decoded.",
                next: "Correct the client, or the proxy before it. The connection is closed.",
                example: "A request has exactly one Host header."
            )
        case .unauthorized:
            Entry(
                .unauthorized,
                "Unauthorized",
                "The request needs a token, or the one that it has is unknown, revoked or expired.",
                next: "Send Authorization: Bearer and a token; an operator makes one with parley token create.",
                example: "this needs a token; send the header Authorization: Bearer parley_…"
            )
        case .insufficientScope:
            Entry(
                .forbidden,
                "Insufficient scope",
                "The token does not allow this.",
                next: "Use a token with the scope that the WWW-Authenticate header names.",
                example: "the token has the scope read, and this needs write"
            )
        case .foreignPage:
            Entry(
                .forbidden,
                "Foreign page",
                "A browser sends this for a web page of another origin, and the server needs no tokens, by which it could tell whether it may.",
                next: "Name the page's origin with --cors-origin, or make tokens with parley token create.",
                example: "a page of another origin may not change anything here; --cors-origin names the origins that may"
            )
        case .notFound:
            Entry(
                .notFound,
                "Not found",
                "Nothing is here: the path is unknown, or the resource does not exist or has been deleted.",
                next: "Check the path, to the last slash, and the identifier; /docs lists the paths.",
                example: "there is no conversation 0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
            )
        case .methodNotAllowed:
            Entry(
                .methodNotAllowed,
                "Method not allowed",
                "The path exists, but not for this method.",
                next: "Use one of the methods that the Allow header lists.",
                example: "this path takes GET, POST, HEAD, OPTIONS"
            )
        case .notAcceptable:
            Entry(
                .notAcceptable,
                "Not acceptable",
                "The Accept header leaves no format that this resource has.",
                next: "Ask for one of those that the detail names, or leave the header out.",
                example: "this resource is available as application/json"
            )
        case .idExists:
            Entry(
                .conflict,
                "Identifier exists",
                "Another conversation has this id. Nothing has changed.",
                next: "Choose another, or leave it out and let the server make one.",
                example: "there is a conversation 0198c0de-7a3f-7d52-9c1b-3f2a51c0de99 already"
            )
        case .preconditionFailed:
            Entry(
                .preconditionFailed,
                "Precondition failed",
                "The resource is not as If-Match or If-None-Match says. Nothing has changed.",
                next: "GET it, or take the ETag of this answer, and decide again.",
                example: "the resource is not as If-Match says: its ETag is another one"
            )
        case .payloadTooLarge:
            Entry(
                .contentTooLarge,
                "Payload too large",
                "The body is larger than this server takes.",
                next: "Send less at once. The connection is closed.",
                example: "The body is longer than the 65536 bytes taken here."
            )
        case .uriTooLong:
            Entry(
                .uriTooLong,
                "URI too long",
                "The path and query are longer than this server takes.",
                next: "Shorten the query. The connection is closed.",
                example: "The target is longer than the 8192 bytes taken here."
            )
        case .headersTooLarge:
            Entry(
                .requestHeaderFieldsTooLarge,
                "Headers too large",
                "The request line and headers together are longer than this server takes.",
                next: "Send fewer or shorter headers, often cookies. The connection is closed.",
                example: "The request line and headers are longer than the 32768 bytes taken here."
            )
        case .unsupportedMediaType:
            Entry(
                .unsupportedMediaType,
                "Unsupported media type",
                "The body has a type, a charset or a coding that is not taken here, or says no type.",
                next: "Send it in a type that the Accept-Post, Accept-Patch or Accept header lists.",
                example: "send the body as application/json in UTF-8 (Content-Type: application/json)"
            )
        case .expectationFailed:
            Entry(
                .expectationFailed,
                "Expectation failed",
                "The Expect header asks for something that this server does not do.",
                next: "Leave it out, or send 100-continue. The connection is closed.",
                example: "The only expectation met here is 100-continue."
            )
        case .validationFailed:
            Entry(
                .unprocessableContent,
                "Validation failed",
                "The body is JSON, and what it says cannot be stored.",
                next: "errors lists each fault, with a JSON pointer to its place.",
                example: "/title has to have a character that is not white space"
            )
        case .idempotencyKeyReused:
            Entry(
                .unprocessableContent,
                "Idempotency key reused",
                "The Idempotency-Key belongs to an earlier request that asked for something else. Nothing has changed.",
                next: "Make a new key for each request, and repeat a key only with the same request.",
                example: "this Idempotency-Key was used for another request; make a new key for each request"
            )
        case .preconditionRequired:
            Entry(
                .preconditionRequired,
                "Precondition required",
                "This server changes and deletes only what the client says it has seen. Nothing has changed.",
                next: "GET the resource, and send its ETag in If-Match.",
                example: "this server wants If-Match for a change: GET the resource, and send its ETag"
            )
        case .internalError:
            Entry(
                .internalServerError,
                "Internal error",
                "The server has a fault.",
                next: "Tell the operator the request_id: the server's log has the details under it.",
                example: "the server could not answer; its log says why"
            )
        case .notImplemented:
            Entry(
                .notImplemented,
                "Not implemented",
                "The request uses a part of HTTP that this server does not have.",
                next: "Send the body with a Content-Length, or chunked. The connection is closed.",
                example: "The only transfer coding taken here is chunked."
            )
        case .starting:
            Entry(
                .serviceUnavailable,
                "Starting",
                "The server is starting.",
                next: "Try again in a moment; /readyz tells when.",
                example: "the server is starting",
                retryAfter: 1
            )
        case .migrating:
            Entry(
                .serviceUnavailable,
                "Migrating",
                "The server is bringing its database up to date.",
                next: "Try again in a moment; /migrations shows how far it is.",
                example: "migrating 2 of 3",
                retryAfter: 1
            )
        case .migrationFailed:
            Entry(
                .serviceUnavailable,
                "Migration failed",
                "A migration failed, and the server waits for an operator.",
                next: "Trying again does not help. /migrations has the reason, and what to do about it.",
                example: "a migration failed; an operator has to act, see /migrations"
            )
        case .schemaAhead:
            Entry(
                .serviceUnavailable,
                "Schema ahead",
                "The database is newer than this release, and the server waits for an operator.",
                next: "Trying again does not help. /migrations has the details.",
                example: "the database is newer than this release; an operator has to act, see /migrations"
            )
        case .draining:
            Entry(
                .serviceUnavailable,
                "Draining",
                "The server stopped before the answer was ready. A write may still have happened.",
                next: "Look before you repeat a write.",
                example: "the server is stopping",
                retryAfter: 5
            )
        case .busy:
            Entry(
                .serviceUnavailable,
                "Busy",
                "The database is locked by another process. Nothing has changed.",
                next: "Try again.",
                example: "the database is locked; nothing has changed",
                retryAfter: 1
            )
        case .databaseUnavailable:
            Entry(
                .serviceUnavailable,
                "Database unavailable",
                "The database cannot be read or written.",
                next: "The detail says whether something may have changed: if so, look before you repeat a write.",
                example: "the database cannot be used at the moment; nothing has changed",
                retryAfter: 5
            )
        case .timeout:
            Entry(
                .serviceUnavailable,
                "Timeout",
                "The answer was not ready in time. A write may still have happened.",
                next: "Look before you repeat a write.",
                example: "The answer was not ready in time. Try again later.",
                retryAfter: 5
            )
        case .storageFull:
            Entry(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                "Storage full",
                "The disk is full. Nothing has changed, and reading still works.",
                next: "An operator has to make room.",
                example: "the disk is full; nothing has changed"
            )
        }
    }
}
