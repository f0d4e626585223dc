import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite(.timeLimit(.minutes(1))) struct ExportTests {
    private static func line(_ number: Int) -> String {
        let digits = String(String(number + 100_000).dropFirst())
        return #"{"id":"00000000-0000-7000-8000-0000000\#(digits)","title":"Number \#(number)","#
            + #""created_at":"2026-01-01T00:00:00.\#(String(number % 1000 + 1000).dropFirst())Z","updated_at":"2026-02-01T00:00:00.000Z"}"#
            + "\n"
    }

    private func served(_ count: Int) async throws -> TestAPI {
        let server = try await TestAPI()
        let report = try await server.importing((0..<count).map(Self.line).joined()).decoded(as: ImportDocument.self)
        #expect(report.imported == count)
        return server
    }

    @Test(arguments: [0, 1, 999, 1000, 1001, 2500])
    func `an export has every conversation once, and importing it gives the same bytes again`(count: Int) async throws {
        let server = try await served(count)
        let response = try await server.send(.get, "/conversations/export")
        #expect(response.headers[.contentType] == "application/x-ndjson" && response.headers[.cacheControl] == "private, no-cache")
        let export = try await response.collected()
        #expect(Set(export.split(separator: "\n")) == Set((0..<count).map { Self.line($0).dropLast() }))
        #expect(export.split(separator: "\n").count == count)
        let other = try await TestAPI()
        #expect(try await other.importing(export).decoded(as: ImportDocument.self).counts == [count, 0, 0, 0])
        #expect(try await other.send(.get, "/conversations/export").collected() == export)
    }

    @Test func `an export that has begun is not cut by searches that take all the time`() async throws {
        let server = try await served(1500)
        let response = try await server.send(.get, "/conversations/export")
        server.database.letScansTimeOut()
        #expect(try await response.collected().split(separator: "\n").count == 1500)
        #expect(try await server.send(.get, "/conversations/export").problem.code == "timeout")
    }

    @Test func `a line is what GET answers, and the order is that of the list`() async throws {
        let server = try await TestAPI()
        let paths = [try await server.create("first").path, try await server.create("zweite").path]
        let bodies = [try await server.send(.get, paths[0]).text, try await server.send(.get, paths[1]).text]
        #expect(try await server.send(.get, "/conversations/export?sort=title").collected() == bodies.joined())
        #expect(try await server.send(.get, "/conversations/export?sort=-title").collected() == bodies.reversed().joined())
        #expect(try await server.send(.get, "/conversations/export?q=ZWEI").collected() == bodies[1])
        #expect(try await server.send(.get, "/conversations/export?created_after=2999-01-01T00:00:00Z").collected() == "")
    }

    @Test(arguments: ["limit=1", "cursor=x", "count=exact", "colour=red", "sort=colour"])
    func `a parameter of pages, or an unknown one, is refused`(query: String) async throws {
        let response = try await TestAPI().send(.get, "/conversations/export?\(query)")
        #expect(try response.problem.code == "invalid-query")
    }

    @Test func `HEAD reads nothing, and a client that wants something else is told`() async throws {
        let server = try await TestAPI()
        server.database.fail(statementsContaining: "SELECT", with: .secret(.ioFailure))
        #expect(try await server.send(.head, "/conversations/export").status == .ok)
        #expect(try await server.send(.get, "/conversations/export", [.accept: "application/json"]).status == .notAcceptable)
        #expect(try await server.send(.get, "/conversations/export", [.accept: "application/x-ndjson"]).status == .serviceUnavailable)
    }

    @Test func `an export that cannot go on breaks off, and the log says why`() async throws {
        let log = try LogFile()
        let server = try await TestAPI(sink: log.sink)
        _ = try await server.importing((0..<2500).map(Self.line).joined())
        let response = try await server.send(.get, "/conversations/export")
        server.database.fail(statementsContaining: "SELECT", with: .secret(.ioFailure))
        await #expect(throws: DatabaseError.self) { try await response.collected() }
        let objects = try log.objects()
        #expect(objects.contains { $0["message"] == "an answer broke off in the middle" && $0["level"] == "error" })
        let line = try #require(objects.first { $0["route"] == "/conversations/export" && $0["message"] == "request" })
        #expect(line["status"] == "200.0" && line["bytes"] != "0.0")
    }
}
