import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct PreconditionTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    /// A header for a conversation whose tag stands for TAG.
    private func headers(_ name: HTTPField.Name, _ value: String, _ tag: String) -> Headers {
        var headers: Headers = [:]
        for line in value.split(separator: "|") { headers.append(name, String(line.replacing("TAG", with: tag))) }
        return headers
    }

    private static let ifMatch = [
        ("*", true), (" * ", true), ("TAG", true), (#""x", TAG"#, true), (#""x"|TAG"#, true), (#""a,b",TAG"#, true), (#","x",,TAG,"#, true),
        (#"TAG, "x""#, true), ("W/TAG", false), (#""x""#, false), (#""""#, false), (#""x", W/TAG"#, false),
    ]

    @Test(arguments: ifMatch)
    func `If-Match lets through what has the tag, compared strongly`(value: String, passes: Bool) async throws {
        let (_, path, tag) = try await server.create()
        let headers = headers(.ifMatch, value, tag)
        #expect(try await server.send(.get, path, headers).status.code == (passes ? 200 : 412))
        let put = try await server.send(.put, path, headers, json: #"{"title":"Hello"}"#)
        #expect(put.status.code == (passes ? 200 : 412))
        if !passes { #expect(put.headers[.eTag] == tag) }
        #expect(try await server.create().tag != tag)
    }

    @Test(arguments: [HTTPRequest.Method.put, .patch, .delete])
    func `a write with a stale tag changes nothing and tells the current one`(method: HTTPRequest.Method) async throws {
        let (_, path, stale) = try await server.create()
        let current = try await server.send(.patch, path, json: #"{"title":"newer"}"#).headers[.eTag]
        let response = try await server.send(method, path, [.ifMatch: stale], json: #"{"title":"lost"}"#)
        #expect(try response.status.code == 412 && response.problem.code == "precondition-failed")
        #expect(response.headers[.eTag] == current)
        #expect(try await server.send(.get, path).headers[.eTag] == current)
    }

    @Test(arguments: [HTTPRequest.Method.patch, .delete])
    func `a write with the current tag goes through`(method: HTTPRequest.Method) async throws {
        let (_, path, tag) = try await server.create()
        let response = try await server.send(method, path, [.ifMatch: tag], json: #"{"title":"x"}"#)
        #expect(response.status.kind == .successful)
    }

    @Test(arguments: [
        ("TAG", 304), ("W/TAG", 304), ("*", 304), (#""x", TAG"#, 304), (#""a,b"|W/TAG"#, 304), (#""x""#, 200), (#"W/"x""#, 200),
    ])
    func `If-None-Match spares a client what it has, compared weakly`(value: String, status: Int) async throws {
        let (_, path, tag) = try await server.create()
        let response = try await server.send(.get, path, headers(.ifNoneMatch, value, tag))
        #expect(response.status.code == status && response.headers[.eTag] == tag)
        // The server sends none of a 304's body, and tells its length (HTTPTests).
        #expect(!response.body.isEmpty)
    }

    @Test func `If-None-Match star makes PUT create only`() async throws {
        let path = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        let first = try await server.send(.put, path, [.ifNoneMatch: "*"], json: #"{"title":"one"}"#)
        let second = try await server.send(.put, path, [.ifNoneMatch: "*"], json: #"{"title":"two"}"#)
        #expect(first.status.code == 201 && second.status.code == 412)
        #expect(second.headers[.eTag] == first.headers[.eTag])
        #expect(try await server.send(.get, path).body == first.body)
    }

    @Test(arguments: ["*", #""x""#])
    func `If-Match makes PUT change only`(value: String) async throws {
        let path = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        let response = try await server.send(.put, path, [.ifMatch: value], json: #"{"title":"x"}"#)
        #expect(response.status.code == 412 && response.headers[.eTag] == nil)
        #expect(try await server.send(.get, path).status.code == 404)
    }

    @Test func `If-Match comes before If-None-Match`() async throws {
        let (_, path, tag) = try await server.create()
        #expect(try await server.send(.get, path, [.ifMatch: "\"x\"", .ifNoneMatch: tag]).status.code == 412)
        #expect(try await server.send(.get, path, [.ifMatch: tag, .ifNoneMatch: tag]).status.code == 304)
    }

    @Test(arguments: [HTTPRequest.Method.put, .patch, .delete])
    func `a server may want If-Match for every change of what is there`(method: HTTPRequest.Method) async throws {
        let server = try await TestAPI(requiresIfMatch: true)
        let (_, path, tag) = try await server.create()
        for headers in [[:], [.ifNoneMatch: "\"x\""]] as [Headers] {
            let response = try await server.send(method, path, headers, json: #"{"title":"x"}"#)
            #expect(try response.status.code == 428 && response.problem.code == "precondition-required")
        }
        #expect(try await server.send(.get, path).headers[.eTag] == tag)
        #expect(try await server.send(method, path, [.ifMatch: "\"x\""], json: #"{"title":"x"}"#).status.code == 412)
        #expect(try await server.send(method, path, [.ifMatch: tag], json: #"{"title":"x"}"#).status.kind == .successful)
    }

    @Test func `a server that wants If-Match still creates, reads, and says what is not there`() async throws {
        let server = try await TestAPI(requiresIfMatch: true)
        let path = "/conversations/0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
        for method in [HTTPRequest.Method.patch, .delete] {
            #expect(try await server.send(method, path, json: #"{"title":"x"}"#).status.code == 404)
        }
        #expect(try await server.send(.put, path, json: #"{"title":"x"}"#).status.code == 201)
        #expect(try await server.send(.put, path, [.ifNoneMatch: "*"], json: #"{"title":"x"}"#).status.code == 412)
        #expect(try await server.send(.post, "/conversations").status.code == 201)
    }

    @Test(
        arguments: [HTTPField.Name.ifMatch, .ifNoneMatch],
        ["x", "\"x", "x\"", "\"x\" \"y\"", "*, \"x\"", "w/\"x\"", "W/x", "W/ \"x\"", ",", "**"]
    )
    func `a list that cannot be read is refused by every method`(name: HTTPField.Name, value: String) async throws {
        let path = try await server.create().path
        for method in [HTTPRequest.Method.get, .put, .patch, .delete] {
            let response = try await server.send(method, path, [name: value], json: #"{"title":"x"}"#)
            #expect(try response.status.code == 400 && response.problem.code == "invalid-header")
        }
        #expect(try await server.send(.get, "/migrations", [name: value]).status.code == 400)
    }
}
