import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite(.timeLimit(.minutes(1))) struct ImportTests {
    private static let id = "0198c0de-7a3f-7d52-9c1b-3f2a51c0de99"
    private static let path = "/conversations/\(id)"
    private static let old = "2001-02-03T04:05:06.789Z"

    private static func line(_ title: String, id: String = id, created: String = old, updated: String = old) -> String {
        #"{"id":"\#(id)","title":"\#(title)","created_at":"\#(created)","updated_at":"\#(updated)"}"# + "\n"
    }

    private func report(_ lines: String, _ query: String = "", on server: TestAPI) async throws -> ImportDocument {
        let response = try await server.importing(lines, to: "/conversations/import\(query)")
        #expect(response.status == .ok)
        return try response.decoded(as: ImportDocument.self)
    }

    private func stored(on server: TestAPI) async throws -> ConversationDocument {
        try await server.send(.get, Self.path).decoded(as: ConversationDocument.self)
    }

    @Test func `ids and times are kept; what is left out is made`() async throws {
        let server = try await TestAPI()
        let lines = Self.line(" kept ") + #"{"title":"times","updated_at":"2001-02-03T04:05:06+01:00"}"# + "\n{}\n"
        #expect(try await report(lines, on: server).counts == [3, 0, 0, 0])
        #expect(try await stored(on: server) == .init(id: Self.id, title: "kept", createdAt: Self.old, updatedAt: Self.old))
        let export = try await server.send(.get, "/conversations/export?sort=created_at").collected().split(separator: "\n")
        #expect(export[0].hasSuffix(#""created_at":"2001-02-03T03:05:06.000Z","updated_at":"2001-02-03T03:05:06.000Z"}"#))
        #expect(export[2].contains(#""title":"New Conversation""#))
    }

    @Test(arguments: ["", "\n", "\r\n \t\n", "\u{FEFF}", "\u{FEFF}\r\n"])
    func `nothing, and blank lines, are no lines`(lines: String) async throws {
        #expect(try await report(lines, on: try await TestAPI()).lines == 0)
        #expect(try await report(lines, "?atomic=true", on: try await TestAPI()).lines == 0)
    }

    @Test(arguments: ["", "?atomic=true"])
    func `line ends of both kinds, blank lines, a byte order mark and a last line without an end are taken`(query: String) async throws {
        let server = try await TestAPI()
        let lines = "\u{FEFF}{\"title\":\"a\"}\r\n\r\n  {\"title\":\"b\"}  \n\n{\"title\":\"c\"}"
        let report = try await report(lines, query, on: server)
        #expect(report.lines == 3 && report.imported == 3)
    }

    private static let faults: [(line: String, code: String, pointer: String)] = [
        ("{", "invalid-json", ""), ("[]", "wrong-type", ""), (#"{"title":null}"#, "null", "/title"), (#"{"title":" "}"#, "blank", "/title"),
        (#"{"title":"\#(String(repeating: "x", count: 256))"}"#, "too-long", "/title"), (#"{"colour":1}"#, "unknown-field", "/colour"),
        (#"{"id":"x"}"#, "invalid-id", "/id"), (#"{"created_at":"yesterday"}"#, "invalid-time", "/created_at"),
        (#"{"created_at":1}"#, "invalid-time", "/created_at"),
        (#"{"updated_at":"2026-02-30T00:00:00.000Z"}"#, "invalid-time", "/updated_at"),
        (#"{"updated_at":"2026-02-03T24:00:00.000Z"}"#, "invalid-time", "/updated_at"),
        (#"{"created_at":"0000-01-01T00:00:00+01:00"}"#, "invalid-time", "/created_at"),
        (#"{"created_at":"2001-02-03T04:05:06.789Z","updated_at":"2001-02-03T04:05:06.788Z"}"#, "before-created-at", "/updated_at"),
        ("\"" + String(repeating: "x", count: 64 << 10), "too-long", ""),
    ]

    @Test(arguments: faults)
    func `a line that is wrong fails alone and is told`(line: String, code: String, pointer: String) async throws {
        let server = try await TestAPI()
        let report = try await report("{}\n\(line)\n{}\n", on: server)
        #expect(report.counts == [2, 0, 0, 1] && report.lines == 3)
        #expect(report.errors.map { "\($0.line ?? 0) \($0.code) \($0.pointer)" } == ["2 \(code) \(pointer)"])
        let refused = try await server.importing("{}\n\(line)\n{}\n", to: "/conversations/import?atomic=true")
        #expect(refused.status == .unprocessableContent)
        #expect(try refused.problem.errors == report.errors)
        #expect(try await server.send(.get, "/conversations/export").collected().split(separator: "\n").count == 2)
    }

    @Test func `a line that is not UTF-8 fails alone`() async throws {
        let body = Array("{}\n{\"title\":\"".utf8) + [0xFF] + Array("\"}\n{}".utf8)
        let response = try await TestAPI().send(
            .post,
            "/conversations/import",
            [.contentType: "application/jsonl; charset=utf-8"],
            body: body
        )
        #expect(try response.decoded(as: ImportDocument.self).counts == [2, 0, 0, 1])
    }

    @Test func `an id that is taken fails, is skipped, or is replaced with its times`() async throws {
        let server = try await TestAPI()
        _ = try await report(Self.line("old"), on: server)
        let conflict = try await report(Self.line("new"), on: server)
        #expect(conflict.counts == [0, 0, 0, 1] && conflict.errors.first?.code == "id-exists" && conflict.errors.first?.pointer == "/id")
        #expect(try await report(Self.line("new"), "?on_conflict=skip", on: server).counts == [0, 0, 1, 0])
        #expect(try await stored(on: server).title == "old")
        for (title, time) in [("same time", Self.old), ("later", "2002-02-03T04:05:06.789Z"), ("earlier", "0000-01-01T00:00:00.000Z")] {
            for _ in 1...2 {
                let lines = Self.line(title, created: "0000-01-01T00:00:00.000Z", updated: time)
                #expect(try await report(lines, "?on_conflict=replace", on: server).counts == [0, 1, 0, 0])
                let expected = ConversationDocument(id: Self.id, title: title, createdAt: "0000-01-01T00:00:00.000Z", updatedAt: time)
                #expect(try await stored(on: server) == expected)
            }
        }
    }

    @Test(arguments: [("error", [1, 0, 0, 1], "a"), ("skip", [1, 0, 1, 0], "a"), ("replace", [1, 1, 0, 0], "b")])
    func `an id that comes twice is taken the second time`(rule: String, counts: [Int], title: String) async throws {
        let server = try await TestAPI()
        let lines = Self.line("a") + Self.line("b", id: Self.id.uppercased())
        #expect(try await report(lines, "?on_conflict=\(rule)", on: server).counts == counts)
        #expect(try await stored(on: server).title == title)
    }

    @Test func `all or nothing: a conflict leaves everything as it was`() async throws {
        let server = try await TestAPI()
        _ = try await report(Self.line("old"), on: server)
        let response = try await server.importing("{}\n" + Self.line("new") + "{}\n", to: "/conversations/import?atomic=true")
        #expect(response.status == .unprocessableContent)
        #expect(try response.problem.errors?.map(\.line) == [2])
        #expect(try await server.send(.get, "/conversations/export").collected() == Self.line("old"))
        let lines = (0..<3000).map { #"{"title":"\#($0) \#(String(repeating: "ä", count: 200))"}"# }.joined(separator: "\n")
        let report = try await report(lines + "\n" + Self.line("new"), "?atomic=true&on_conflict=replace", on: server)
        #expect(report.counts == [3000, 1, 0, 0])
        #expect(try await server.send(.get, "/conversations/export").collected().split(separator: "\n").count == 3001)
    }

    @Test func `faults are told up to a number`() async throws {
        let report = try await report(String(repeating: "{\n", count: 1500), on: try await TestAPI())
        #expect(report.failed == 1500 && report.errors.count == 1000 && report.errorsTruncated)
    }

    @Test(arguments: ["?on_conflict=ignore", "?on_conflict=skip&on_conflict=skip", "?atomic=yes", "?limit=1"])
    func `a query that is wrong is refused before the body`(query: String) async throws {
        let server = try await TestAPI()
        #expect(try await server.importing("{}", to: "/conversations/import\(query)").problem.code == "invalid-query")
        #expect(try await server.send(.get, "/conversations/export").collected() == "")
    }

    @Test func `a body of another type is refused`() async throws {
        let response = try await TestAPI().send(.post, "/conversations/import", json: "{}")
        #expect(response.status == .unsupportedMediaType)
        #expect(response.headers[.acceptPost] == "application/x-ndjson, application/jsonl")
    }

    @Test func `an import that cannot go on says how far it came`() async throws {
        let server = try await TestAPI()
        try await server.database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON conversations WHEN (SELECT count(*) FROM conversations) >= 600 BEGIN SELECT abs(-9223372036854775808); END"
        )
        let response = try await server.importing(String(repeating: "{}\n", count: 700))
        #expect(response.status == .internalServerError)
        #expect(try response.problem.detail.contains("lines up to 500 are done"))
        #expect(try await server.send(.get, "/conversations/export").collected().split(separator: "\n").count == 500)
    }

    @Test func `a line that a constraint of the operator's refuses fails alone`() async throws {
        let server = try await TestAPI()
        try await server.database.execute(
            "CREATE TRIGGER polite BEFORE INSERT ON conversations WHEN NEW.title = 'rude' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        let report = try await report("{}\n{\"title\":\"rude\"}\n{}\n", on: server)
        #expect(report.counts == [2, 0, 0, 1] && report.errors.map(\.code) == ["refused"])
    }
}
