import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct MediaTypeTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    @Test(arguments: [
        "text/plain", "application/xml", "application/jsonx", "application/x-www-form-urlencoded", "json", ";", "multipart/form-data",
    ])
    func `a body of another type is refused with those that are taken`(type: String) async throws {
        let path = try await server.create().path
        let requests: [(HTTPRequest.Method, String, HTTPField.Name)] = [
            (.post, "/conversations", .acceptPost), (.put, path, .accept), (.patch, path, .acceptPatch),
        ]
        for (method, target, header) in requests {
            let response = try await server.send(method, target, [.contentType: type], json: #"{"title":"x"}"#)
            #expect(try response.status.code == 415 && response.problem.code == "unsupported-media-type")
            #expect(response.headers[header]?.contains("application/json") == true)
        }
    }

    @Test func `a body without a type is refused, and merge patch is for PATCH`() async throws {
        #expect(try await server.send(.post, "/conversations", body: Array("{}".utf8)).status.code == 415)
        let patch: Headers = [.contentType: "application/merge-patch+json"]
        #expect(try await server.send(.post, "/conversations", patch, json: "{}").status.code == 415)
    }

    @Test(arguments: ["gzip", "GZIP", "br", "identity, deflate", "x"])
    func `a body with a coding is refused, and told what is taken`(coding: String) async throws {
        for target in ["/conversations", "/conversations/import"] {
            let type = target == "/conversations" ? "application/json" : "application/x-ndjson"
            let response = try await server.send(.post, target, [.contentType: type, .contentEncoding: coding], json: #"{"title":"x"}"#)
            #expect(try response.status.code == 415 && response.problem.code == "unsupported-media-type")
            #expect(response.headers[.acceptEncoding] == "identity")
        }
    }

    @Test(arguments: ["iso-8859-1", "utf-16", "\"\"", ""])
    func `a body in another charset is refused`(charset: String) async throws {
        let type = "application/json; a=b ;Charset=\(charset)"
        #expect(try await server.send(.post, "/conversations", [.contentType: type], json: #"{"title":"x"}"#).status.code == 415)
    }

    @Test(arguments: ["utf-8", "UTF-8", "\"utf-8\"", "utf8"])
    func `UTF-8 may be said, and so may that there is no coding`(charset: String) async throws {
        let headers: Headers = [.contentType: "application/json;charset=\(charset)", .contentEncoding: "Identity"]
        #expect(try await server.send(.post, "/conversations", headers, json: #"{"title":"x"}"#).status.code == 201)
    }

    @Test(arguments: [
        "*/*", "application/json", "application/*", "text/html, application/json;q=0.5", "APPLICATION/JSON", "text/html,*/*;q=0.1",
        "application/json;q=1.0", "application/json; charset=utf-8", "application/json ; q=0.001", "text/html;q=0, application/json",
        "\tapplication/json", "*/*;q=0, application/json", "application/*;q=0,application/json;q=0.2",
    ])
    func `a client that takes JSON gets it`(accept: String) async throws {
        #expect(try await server.send(.get, "/conversations", [.accept: accept]).status.code == 200)
    }

    @Test(arguments: [
        "text/html", "application/xml, text/*", "application/json;q=0", "application/json; q=0.000", "*/*;q=0", "application/jsonx",
        "application/json;q=0, */*", "application/json;q=0,application/*;q=1", "application/*;q=0, */*",
    ])
    func `a client that takes no JSON is told so`(accept: String) async throws {
        for target in ["/conversations", try await server.create().path, "/migrations", "/migrations/001"] {
            let response = try await server.send(.get, target, [.accept: accept])
            #expect(try response.status.code == 406 && response.problem.code == "not-acceptable")
        }
    }

    @Test func `several Accept lines are one list`() async throws {
        var headers: Headers = [.accept: "text/html"]
        headers.append(.accept, "application/json")
        #expect(try await server.send(.get, "/conversations", headers).status.code == 200)
    }
}
