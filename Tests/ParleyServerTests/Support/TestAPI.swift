import Conversations
import Database
import DatabaseTesting
import FoundationEssentials
import HTTP
import HTTPTypes
import Logging
import Migrations

@testable import ParleyServer

/// The migrations that Parley ships.
let shippedMigrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../migrations").path

/// The whole API without a socket, on a database in memory that can be made to fail.
struct TestAPI: Sendable {
    let state = ServerState()
    let api: API
    let database: FaultInjectingBridge
    /// Every answer is held to `openapi.yaml`.
    let contract: OpenAPIContract

    /// - Parameters:
    ///   - isServing: false leaves the server where boot begins.
    ///   - base: its database; one in memory unless said.
    init(
        isServing: Bool = true,
        requiresIfMatch: Bool = false,
        sink: LogSink = LogSink(descriptor: -1),
        authenticator: Authenticator = Authenticator(nil),
        cors: CORS = CORS(origins: []),
        settings: Settings = Settings(),
        database base: SQLiteDatabase? = nil
    ) async throws {
        let logger = Logger(sink: sink, format: .json, level: LogThreshold(.info))
        let accessLog = AccessLog(sink: sink, format: .json, level: LogThreshold(.info))
        var settings = settings
        settings.requiresIfMatch = requiresIfMatch
        api = API(settings: settings, state: state, accessLog: accessLog, logger: logger, authenticator: authenticator, cors: cors)
        contract = OpenAPIContract(router: api.router)
        let memory = SQLiteConfiguration(location: .memory)
        if let base {
            database = FaultInjectingBridge(base)
        } else {
            database = FaultInjectingBridge(try await SQLiteDatabase.open(memory))
        }
        guard isServing else { return }
        try await MigrationService(database: database, directory: shippedMigrations, observer: state.record).runMigrations()
        state.serve(database)
    }

    func send(_ method: HTTPRequest.Method, _ target: String, _ headers: Headers = [:], body: [UInt8] = []) async throws -> Response {
        let request = try Request(method, target, headers: headers, body: body)
        let response = await api.respond(to: request)
        contract.check(response, to: request)
        return response
    }

    /// Sends a body as JSON.
    func send(_ method: HTTPRequest.Method, _ target: String, _ headers: Headers = [:], json: String) async throws -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers.append(.contentType, "application/json") }
        return try await send(method, target, headers, body: Array(json.utf8))
    }

    /// Sends the lines of an import.
    func importing(_ lines: String, to target: String = "/conversations/import") async throws -> Response {
        try await send(.post, target, [.contentType: "application/x-ndjson"], body: Array(lines.utf8))
    }

    /// Creates a conversation and returns it with its entity tag.
    func create(_ title: String = "Hello") async throws -> (conversation: ConversationDocument, path: String, tag: String) {
        let response = try await send(.post, "/conversations", json: #"{"title":"\#(title)"}"#)
        let conversation = try response.decoded(as: ConversationDocument.self)
        return (conversation, "/conversations/\(conversation.id)", response.headers[.eTag] ?? "")
    }
}

extension DatabaseError {
    /// An error whose every word is one that no client may see.
    static func secret(_ code: DatabaseError.Code) -> DatabaseError {
        DatabaseError(code, engineCode: 4711, "secret 4711 in /var/lib/secret.db", sql: "SELECT secret FROM vault")
    }
}
