import Database
import DatabaseTesting
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct HealthTests {
    enum Situation: String, CaseIterable, Sendable {
        case starting, waitingForLock, migrating, serving, failed, schemaAhead, unreadable, diskFull, draining, drainedBeforeServing

        /// The table of the contract: live, startup, ready, the API.
        var statuses: (live: Int, startup: Int, ready: Int, api: Int) {
            switch self {
            case .starting, .waitingForLock, .migrating: (200, 503, 503, 503)
            case .serving: (200, 200, 200, 200)
            case .failed, .schemaAhead: (200, 503, 503, 503)
            case .unreadable: (200, 200, 503, 503)
            case .diskFull: (200, 200, 503, 200)
            case .draining: (200, 200, 503, 200)
            case .drainedBeforeServing: (200, 503, 503, 503)
            }
        }

        func server() async throws -> TestAPI {
            let isServing = [Situation.serving, .unreadable, .diskFull, .draining].contains(self)
            let server = try await TestAPI(isServing: isServing)
            switch self {
            case .starting, .serving: break
            case .waitingForLock: return try await server.booting([.waitingForLock])
            case .migrating: return try await server.booting([.waitingForLock, .pending])
            case .failed: return try await server.booting([.failed])
            case .schemaAhead: return try await server.booting([.schemaAhead])
            case .unreadable: return server.failing(.ioFailure)
            case .diskFull:
                server.database.fail(statementsContaining: "COMMIT", with: .secret(.storageFull))
                _ = try await server.send(.post, "/conversations")
            case .draining, .drainedBeforeServing: server.state.drain()
            }
            return server
        }
    }

    @Test(arguments: Situation.allCases)
    func `each probe answers as the table of the contract says`(situation: Situation) async throws {
        let server = try await situation.server()
        let (live, startup, ready, api) = situation.statuses
        for path in ["/livez", "/healthz"] { #expect(try await server.send(.get, path).status.code == live) }
        #expect(try await server.send(.get, "/startupz").status.code == startup)
        for path in ["/readyz", "/health"] { #expect(try await server.send(.get, path).status.code == ready) }
        #expect(try await server.send(.get, "/conversations").status.code == api)
        #expect(try await server.send(.get, "/migrations").status.code == 200)
    }

    @Test(arguments: Situation.allCases)
    func `a probe is application/health+json, is not cached, and says what is the matter`(situation: Situation) async throws {
        let server = try await situation.server()
        for path in ["/livez", "/startupz", "/readyz"] {
            let response = try await server.send(.get, path)
            let health = try response.decoded(as: HealthDocument.self)
            #expect(response.headers[.contentType] == "application/health+json" && response.headers[.cacheControl] == "no-store")
            #expect(health.status == (response.status.code == 200 ? "pass" : "fail") && health.releaseId == Release.version)
            #expect(response.status.code == 200 || health.output?.isEmpty == false)
        }
    }

    @Test(arguments: [Situation.starting, .waitingForLock, .migrating, .unreadable, .diskFull, .draining])
    func `a probe that fails for a while says when to ask again`(situation: Situation) async throws {
        #expect(try await situation.server().send(.get, "/readyz").headers[.retryAfter] != nil)
    }

    @Test(arguments: [
        (Situation.starting, "starting"), (.waitingForLock, "waiting for another process to let go of the database"),
        (.migrating, "checking migrations"),
        (.failed, "migration failed: statement-failed"), (.schemaAhead, "the database is newer than this release"),
        (.unreadable, "the database cannot be read"), (.diskFull, "the disk is full"), (.draining, "the server is stopping"),
    ])
    func `readiness gives the reason in words`(situation: Situation, output: String) async throws {
        let response = try await situation.server().send(.get, "/readyz")
        #expect(try response.decoded(as: HealthDocument.self).output == output)
    }

    @Test func `readiness lists its checks`() async throws {
        let checks = try #require(try await Situation.serving.server().send(.get, "/readyz").decoded(as: HealthDocument.self).checks)
        #expect(checks.keys.sorted() == ["migrations:state", "sqlite:ping"])
        #expect(checks["migrations:state"]?.map(\.output) == ["3 migrations applied"])
        #expect(checks["sqlite:ping"]?.map(\.output) == ["SQLite \(SQLiteDatabase.version)"])
    }

    @Test func `liveness and start-up never touch the database`() async throws {
        let server = try await TestAPI().failing(.corrupt)
        for path in ["/livez", "/healthz", "/startupz"] { #expect(try await server.send(.get, path).status.code == 200) }
    }
}
