import HTTPTypes

/// What a client can be told that went wrong. Each has a page at `/problems/<code>`.
enum ProblemCode: String, Sendable, CaseIterable {
    case invalidJSON = "invalid-json"
    case invalidQuery = "invalid-query"
    case invalidCursor = "invalid-cursor"
    case invalidID = "invalid-id"
    case invalidHeader = "invalid-header"
    case invalidRequest = "invalid-request"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case idExists = "id-exists"
    case preconditionFailed = "precondition-failed"
    case payloadTooLarge = "payload-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case expectationFailed = "expectation-failed"
    case validationFailed = "validation-failed"
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

    var status: HTTPResponse.Status {
        switch self {
        case .invalidJSON, .invalidQuery, .invalidCursor, .invalidID, .invalidHeader, .invalidRequest: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .idExists: .conflict
        case .preconditionFailed: .preconditionFailed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .expectationFailed: .expectationFailed
        case .validationFailed: .unprocessableContent
        case .internalError: .internalServerError
        case .notImplemented: .notImplemented
        case .starting, .migrating, .migrationFailed, .schemaAhead, .draining, .busy, .databaseUnavailable, .timeout: .serviceUnavailable
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    var title: String { text.title }

    /// What it means and what to do, for the page about it.
    var explanation: String { text.explanation }

    /// Seconds after which trying again may help; nil where only another request, or an operator, does.
    var retryAfter: Int? {
        switch self {
        case .starting, .migrating, .busy: 1
        case .draining, .timeout, .databaseUnavailable: 5
        default: nil
        }
    }
}

extension ProblemCode {
    private var text: (title: String, explanation: String) {
        switch self {
        case .invalidJSON: ("Invalid JSON", "The body is not JSON in UTF-8. Check quotes, commas and braces.")
        case .invalidQuery:
            ("Invalid query", "A query parameter is unknown, repeated, or has a value outside its range; the detail names it.")
        case .invalidCursor:
            ("Invalid cursor", "Use next_cursor, or the Link header, of the page before, unchanged; or begin without a cursor.")
        case .invalidID: ("Invalid identifier", "Identifiers are UUIDs, such as 0198c0de-7a3f-7d52-9c1b-3f2a51c0de99.")
        case .invalidHeader: ("Invalid header", "A header of the request cannot be read; the detail names it.")
        case .invalidRequest:
            ("Invalid request", "The request breaks the rules of HTTP, or its path cannot be decoded. The connection is closed.")
        case .notFound: ("Not found", "Nothing is here: the path is unknown, or the resource does not exist or has been deleted.")
        case .methodNotAllowed: ("Method not allowed", "The path exists, for the methods that the Allow header lists.")
        case .notAcceptable: ("Not acceptable", "The Accept header leaves no format that this resource has.")
        case .idExists:
            ("Identifier exists", "Another conversation has this id. Choose another, or leave it out and let the server make one.")
        case .preconditionFailed: ("Precondition failed", "The resource is not as If-Match or If-None-Match says. GET it and decide again.")
        case .payloadTooLarge: ("Payload too large", "The body is larger than this server takes.")
        case .unsupportedMediaType: ("Unsupported media type", "Send the body in a type that the Accept-Post or Accept-Patch header lists.")
        case .expectationFailed: ("Expectation failed", "The only expectation that is met is 100-continue.")
        case .validationFailed:
            ("Validation failed", "The body is JSON, and what it says cannot be stored; errors lists each fault with a JSON pointer.")
        case .internalError: ("Internal error", "The server has a fault. Its log has the details, under the request_id.")
        case .notImplemented: ("Not implemented", "The request uses a part of HTTP that this server does not have.")
        case .starting: ("Starting", "The server is starting. Try again in a moment; /readyz tells when.")
        case .migrating:
            ("Migrating", "The server is bringing its database up to date. Try again in a moment; /migrations shows how far it is.")
        case .migrationFailed: ("Migration failed", "A migration failed, and an operator has to act; /migrations has the reason.")
        case .schemaAhead:
            ("Schema ahead", "The database is newer than this release, and an operator has to act; /migrations has the details.")
        case .draining:
            ("Draining", "The server stopped before the answer was ready. A write may still have happened: look before you repeat it.")
        case .busy: ("Busy", "The database is locked by another process. Nothing has changed; try again.")
        case .databaseUnavailable:
            ("Database unavailable", "The database cannot be read or written; the detail says whether something may have changed.")
        case .timeout: ("Timeout", "The answer was not ready in time. A write may still have happened: look before you repeat it.")
        case .storageFull: ("Storage full", "The disk is full. Nothing has changed; reading still works. An operator has to make room.")
        }
    }
}
