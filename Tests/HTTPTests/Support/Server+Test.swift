import HTTP
import HTTPTypes

/// A responder made of a closure.
struct ClosureResponder: Responder {
    var mode = BodyMode.buffered
    let body: @Sendable (Request) async -> Response

    func bodyMode(of request: Request) -> BodyMode { mode }

    func respond(to request: Request) async -> Response {
        await body(request)
    }
}

extension Response {
    /// 200 and a line of text.
    static func text(_ text: String) -> Response {
        Response(status: .ok, headers: [.contentType: "text/plain"], body: Array(text.utf8))
    }
}

/// Serves on a free port while `body` runs, and drains at its end.
func withServer(
    bodies mode: BodyMode = .buffered,
    configure: (inout Server.Configuration) -> Void = { _ in },
    respond: @escaping @Sendable (Request) async -> Response = { _ in .text("hello") },
    _ body: (Server) async throws -> Void
) async throws {
    var configuration = Server.Configuration()
    configuration.port = 0
    configuration.loops = 2
    configure(&configuration)
    let server = Server(configuration: configuration, responder: ClosureResponder(mode: mode, body: respond))
    try server.start()
    do {
        try await body(server)
    } catch {
        await server.drain(timeout: .zero)
        throw error
    }
    await server.drain(timeout: .seconds(5))
}
