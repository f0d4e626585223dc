import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct ConversationBodyTests {
    private let server: TestAPI

    init() async throws {
        server = try await TestAPI()
    }

    private func post(_ body: [UInt8]) async throws -> Response {
        try await server.send(.post, "/conversations", [.contentType: "application/json"], body: body)
    }

    @Test(arguments: [
        "{", "}", "{]", "nul", #"{"title":}"#, #"{"title":"x""#, #"{"title":"x",}"#, #"{'title':'x'}"#, "{\"title\":\"a\nb\"}",
        #"{"title":"\x"}"#, #"{"title":"x"}{"#, #"{"title":"x"} x"#, #"{"title":"\ud800"}"#, #"{"title":"\udc00\ud800"}"#,
        #"{"title":"\u12"}"#, #"{"x":01}"#, #"{"x":NaN}"#, #"{"x":+1}"#, " ", "\0", #"{"title":tru}"#, "{\"a\":1,\"\\ud800\":2}",
    ])
    func `what is not JSON is invalid JSON`(body: String) async throws {
        let response = try await post(Array(body.utf8))
        #expect(try response.status.code == 400 && response.problem.code == "invalid-json", "\(response.text)")
    }

    private static let notUTF8: [[UInt8]] = {
        let ascii = Array(#"{"title":"x"}"#.utf8)
        let littleEndian: [UInt8] = ascii.flatMap { [$0, 0] }
        let bigEndian: [UInt8] = ascii.flatMap { [0, $0] }
        return [
            [0xFF], title([0xC3, 0x28]), title([0xED, 0xA0, 0x80]), title([0xC0, 0x80]), title([0xF8]), title([0xF4, 0x90, 0x80, 0x80]),
            member([0xF8]), littleEndian, bigEndian, [0xFF, 0xFE] + littleEndian, [0xFE, 0xFF] + bigEndian,
        ]
    }()

    private static func title(_ bytes: [UInt8]) -> [UInt8] { Array(#"{"title":""#.utf8) + bytes + Array(#""}"#.utf8) }
    private static func member(_ bytes: [UInt8]) -> [UInt8] { Array(#"{"title":"x",""#.utf8) + bytes + Array(#"":1}"#.utf8) }

    @Test(arguments: notUTF8)
    func `what is not UTF-8 is invalid JSON`(body: [UInt8]) async throws {
        let response = try await post(body)
        #expect(try response.status.code == 400 && response.problem.code == "invalid-json", "\(response.text)")
    }

    @Test(arguments: ["[", #"{"title":["#, #"{"a":"#, #"[{"a":"#])
    func `a hundred thousand brackets are invalid JSON, and no crash`(unit: String) async throws {
        let body =
            (unit.hasPrefix(#"{"title""#) ? #"{"title":"# : "")
            + String(repeating: unit.hasPrefix(#"{"title""#) ? "[" : unit, count: 100_000)
        #expect(try await post(Array(body.utf8)).problem.code == "invalid-json")
    }

    @Test(arguments: ["[]", "null", "true", "7", #""x""#, "[{}]", "1e999999"])
    func `a body that is JSON and no object is a fault of the whole`(body: String) async throws {
        let problem = try await post(Array(body.utf8)).problem
        #expect(
            problem.code == "validation-failed"
                && problem.errors == [.init(pointer: "", code: "wrong-type", detail: "has to be a JSON object")]
        )
    }

    @Test(arguments: [
        (#"{"title":null}"#, "null"), (#"{"title":""}"#, "blank"), (#"{"title":" \u00a0\t"}"#, "blank"), (#"{"title":7}"#, "wrong-type"),
        (#"{"title":1e999999}"#, "wrong-type"), (#"{"title":\#(String(repeating: "9", count: 5000))}"#, "wrong-type"),
        (#"{"title":true}"#, "wrong-type"), (#"{"title":["x"]}"#, "wrong-type"), (#"{"title":{"x":1}}"#, "wrong-type"),
        (#"{"title":"a\u0000b"}"#, "control-character"), (#"{"title":"a\nb"}"#, "control-character"),
        (#"{"title":"\#(String(repeating: "x", count: 256))"}"#, "too-long"),
    ])
    func `a title that cannot be stored is a fault with a pointer to it`(body: String, code: String) async throws {
        let response = try await post(Array(body.utf8))
        let problem = try response.problem
        #expect(response.status.code == 422 && problem.code == "validation-failed")
        #expect(problem.errors?.map(\.pointer) == ["/title"] && problem.errors?.map(\.code) == [code])
    }

    @Test func `every fault is told at once, with JSON pointers`() async throws {
        let body = #"{"title":null,"id":7,"created_at":"x","a/b~c":1,"/\u0301":{}}"#
        let errors = try #require(try await post(Array(body.utf8)).problem.errors)
        #expect(
            errors.map { "\($0.pointer) \($0.code)" } == [
                "/title null", "/id invalid-id", "/~1\u{301} unknown-field", "/a~1b~0c unknown-field", "/created_at read-only",
            ]
        )
    }

    @Test func `thousands of faults do not make an answer of megabytes`() async throws {
        let body = "{" + (0..<8000).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        let response = try await post(Array(body.utf8))
        #expect(response.status.code == 422 && response.body.count < 16 << 10)
    }

    @Test(arguments: [#"{"title":"x","title":"y"}"#, #"{"title":"x","t\u0069tle":"y"}"#, #"{"title":"x","a":{"b":1,"b":1}}"#])
    func `a name that is there twice is refused, not read one way by us and another way by a proxy`(body: String) async throws {
        #expect(try await post(Array(body.utf8)).problem.code == "invalid-json")
    }

    @Test func `invalid JSON is told with the place of the fault`() async throws {
        let detail = try await post(Array(#"{"title":"x",}"#.utf8)).problem.detail
        #expect(detail == "the body is not valid JSON: a name in double quotes should be here, at byte 14")
    }

    @Test func `a byte order mark is let through`() async throws {
        #expect(try await post([0xEF, 0xBB, 0xBF] + Array(#"{"title":"x"}"#.utf8)).status.code == 201)
    }

    @Test(arguments: [HTTPRequest.Method.put, .patch])
    func `PUT and PATCH need a body with a title`(method: HTTPRequest.Method) async throws {
        let path = try await server.create().path
        #expect(try await server.send(method, path).problem.code == "invalid-json")
        #expect(try await server.send(method, path, json: "{}").problem.errors?.map(\.code) == ["required"])
        #expect(try await server.send(method, path, json: #"{"title":null}"#).problem.errors?.map(\.code) == ["null"])
        #expect(try await server.send(method, path, json: #"{"titel":"x"}"#).problem.errors?.map(\.code) == ["required", "unknown-field"])
    }

    @Test(arguments: ["id", "created_at", "updated_at"])
    func `PATCH cannot change what the server sets`(name: String) async throws {
        let created = try await server.create()
        let response = try await server.send(.patch, created.path, json: #"{"title":"x","\#(name)":"\#(created.conversation.id)"}"#)
        #expect(try response.problem.errors?.map(\.code) == ["read-only"])
    }
}
