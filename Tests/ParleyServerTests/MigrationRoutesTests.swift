import FoundationEssentials
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct MigrationRoutesTests {
    @Test func `the list has every migration with its checksum, and an entity tag`() async throws {
        let server = try await TestAPI()
        let response = try await server.send(.get, "/migrations")
        let document = try response.decoded(as: MigrationsDocument.self)
        let files = try FileManager.default.contentsOfDirectory(atPath: shippedMigrations).filter { $0.hasSuffix(".sql") }.sorted()
        let newest = files.last.map { String($0.prefix(3)) }
        #expect(document.state == "applied" && document.currentVersion == newest && document.targetVersion == newest)
        #expect(document.counts == .init(applied: files.count, pending: 0, failed: 0) && !document.schemaAhead)
        #expect(document.data.map(\.filename) == files)
        #expect(document.data[0].checksum?.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil && document.data[0].durationMs != nil)
        #expect(document.data[0].appliedAt?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(response.headers[.cacheControl] == "private, no-cache")
        let tag = try #require(response.headers[.eTag])
        let again = try await server.send(.get, "/migrations", [.ifNoneMatch: tag])
        #expect(again.status.code == 304 && again.headers[.eTag] == tag)
    }

    @Test func `one migration is an item of the list`() async throws {
        let server = try await TestAPI()
        let list = try await server.send(.get, "/migrations").decoded(as: MigrationsDocument.self)
        let one = try await server.send(.get, "/migrations/001")
        #expect(try one.decoded(as: MigrationsDocument.Item.self) == list.data[0])
        #expect(try await server.send(.get, "/migrations/001", [.ifNoneMatch: one.headers[.eTag] ?? ""]).status.code == 304)
    }

    @Test(arguments: ["999", "1", "0001", "abc", "001_create_conversations.sql"])
    func `a migration that does not exist is not found`(version: String) async throws {
        let response = try await TestAPI().send(.get, "/migrations/\(version)")
        #expect(try response.status.code == 404 && response.problem.code == "not-found")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func `no route changes the schema`(method: HTTPRequest.Method) async throws {
        #expect(try await TestAPI().send(method, "/migrations").status.code == 405)
        #expect(try await TestAPI().send(method, "/migrations/001").status.code == 405)
    }

    @Test(
        arguments: [
            ([], "starting"), ([.waitingForLock], "waiting_lock"), ([.pending], "running"), ([.failed], "failed"),
            ([.schemaAhead], "schema_ahead"),
        ] as [([TestAPI.BootStage], String)]
    )
    func `it answers before, while and after migrations run`(stages: [TestAPI.BootStage], state: String) async throws {
        let server = try await TestAPI(isServing: false).booting(stages)
        #expect(try await server.send(.get, "/migrations").decoded(as: MigrationsDocument.self).state == state)
    }

    @Test func `a failure is told with place and reason`() async throws {
        let server = try await TestAPI(isServing: false).booting([.failed])
        let document = try await server.send(.get, "/migrations").decoded(as: MigrationsDocument.self)
        let error = try #require(document.data.first?.error)
        #expect(document.counts == .init(applied: 0, pending: 0, failed: 1) && document.data[0].state == "failed")
        #expect(error.code == "statement-failed" && error.line == 1 && error.statement == 1 && error.message.contains("vault"))
        #expect(document.errors == [error])
    }
}
