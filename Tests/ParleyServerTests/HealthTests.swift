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
        #expect(checks.keys.sorted() == ["disk:room", "migrations:state", "process:shutdown", "sqlite:files", "sqlite:ping"])
        #expect(checks["migrations:state"]?.count == 1 && checks["migrations:state"]?[0].output.contains("applied") == true)
        #expect(checks["sqlite:ping"]?.map(\.output) == ["SQLite \(SQLiteDatabase.version)"])
    }

    private func text(_ situation: Situation, _ target: String, _ headers: Headers = [:]) async throws -> Response {
        try await situation.server().send(.get, target, headers)
    }

    private static let passing = """
        [+]shutdown ok
        [+]migrations ok
        [+]database ok
        [+]files ok
        [+]disk ok
        readyz check passed

        """

    @Test(arguments: [("/readyz?verbose", ""), ("/readyz?verbose=1", ""), ("/readyz", "text/plain"), ("/readyz", "Text/Plain;q=0.9, */*")])
    func `the text form is that of Kubernetes`(target: String, accept: String) async throws {
        let response = try await text(.serving, target, accept.isEmpty ? [:] : [.accept: accept])
        #expect(response.status == .ok && response.text == Self.passing)
        #expect(response.headers[.contentType] == "text/plain; charset=utf-8" && response.headers[.cacheControl] == "no-store")
    }

    @Test(arguments: ["*/*", "application/json, text/plain", "application/health+json", "text/html"])
    func `JSON is what is answered unless text is wanted more`(accept: String) async throws {
        #expect(try await text(.serving, "/readyz", [.accept: accept]).headers[.contentType] == "application/health+json")
    }

    @Test func `a check that fails has its reason in the text form`() async throws {
        let response = try await text(.unreadable, "/readyz?verbose")
        #expect(response.status.code == 503 && response.text.contains("\n[-]database failed: the database cannot be read\n"))
        #expect(response.text.hasSuffix("\nreadyz check failed\n") && response.headers[.retryAfter] == "1")
    }

    @Test(arguments: [
        ("/livez", "[+]ping ok\nlivez check passed\n"), ("/startupz", "[+]startup ok\nstartupz check passed\n"),
        ("/healthz", "[+]ping ok\nhealthz check passed\n"), ("/readyz/migrations", "[+]migrations ok\nreadyz/migrations check passed\n"),
        ("/livez/ping", "[+]ping ok\nlivez/ping check passed\n"), ("/startupz/startup", "[+]startup ok\nstartupz/startup check passed\n"),
    ])
    func `every probe, and one check alone, has both forms`(path: String, expected: String) async throws {
        #expect(try await text(.serving, path + "?verbose").text == expected)
        #expect(try await text(.serving, path).decoded(as: HealthDocument.self).status == "pass")
        #expect(try await Situation.serving.server().send(.head, path).status == .ok)
    }

    @Test func `one check alone fails by itself`() async throws {
        #expect(try await text(.unreadable, "/readyz/database").status.code == 503)
        #expect(try await text(.unreadable, "/readyz/migrations").status == .ok)
        let unknown = try await text(.serving, "/readyz/moon")
        #expect(try unknown.problem.code == "not-found" && unknown.problem.detail.contains("shutdown, migrations, database, files, disk"))
    }

    @Test func `checks can be left out, and an unknown name is told and fails nothing`() async throws {
        let response = try await text(.unreadable, "/readyz?verbose&exclude=database&exclude=disk&exclude=moon%22")
        let expected = """
            [+]shutdown ok
            [+]migrations ok
            [+]files ok
            [+]database excluded: ok
            [+]disk excluded: ok
            warn: some health checks cannot be excluded: no matches for "moon\\""
            readyz check passed

            """
        #expect(response.status == .ok && response.text == expected)
        #expect(try await text(.unreadable, "/readyz?exclude=moon").text.contains(#""notes":["no check is called \"moon\""]"#))
        #expect(try await text(.unreadable, "/readyz?exclude=migrations").status.code == 503)
    }

    @Test(arguments: ["/livez?x=1", "/readyz?Verbose", "/readyz?exclude=disk&limit=1", "/readyz/disk?exclude=disk", "/startupz?%ff"])
    func `an unknown parameter is refused`(target: String) async throws {
        #expect(try await text(.serving, target).problem.code == "invalid-query")
    }

    @Test func `a file that was replaced, and a disk without room, fail readiness`() async throws {
        let server = try await TestAPI()
        server.database.fail(statementsContaining: "FILE", with: .secret(.replaced))
        let replaced = try await server.send(.get, "/readyz")
        #expect(replaced.status.code == 503 && replaced.headers[.retryAfter] == nil, "only an operator can help")
        #expect(try replaced.decoded(as: HealthDocument.self).output == "a file of the database was moved or replaced")
        server.database.fail(statementsContaining: "FILE", with: nil)
        server.database.fail(statementsContaining: "ROOM", with: .secret(.storageFull))
        let full = try await server.send(.get, "/readyz?verbose")
        #expect(full.status.code == 503 && full.text.contains("[-]disk failed: the disk has no room for the next writes"))
    }

    @Test func `liveness and start-up never touch the database`() async throws {
        let server = try await TestAPI().failing(.corrupt)
        for path in ["/livez", "/healthz", "/startupz"] { #expect(try await server.send(.get, path).status.code == 200) }
    }
}
