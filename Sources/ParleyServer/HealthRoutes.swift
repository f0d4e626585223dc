import Conversations
import Database
import HTTP
import HTTPTypes
import Logging

/// The probes: `/livez` (also `/healthz`), `/startupz`, `/readyz` (also `/health`).
struct HealthRoutes: Sendable {
    let state: ServerState
    let storage: StorageHealth
    let logger: Logger

    static let paths: Set = ["/livez", "/healthz", "/startupz", "/readyz", "/health"]

    var routes: [Route] {
        [
            Route(.get, "/livez", access: .anyone) { _, _ in live() },
            Route(.get, "/healthz", access: .anyone) { _, _ in live() },
            Route(.get, "/startupz", access: .anyone) { _, _ in startup() },
            Route(.get, "/readyz", access: .anyone) { _, _ in await ready() },
            Route(.get, "/health", access: .anyone) { _, _ in await ready() },
        ]
    }

    /// Never touches the database: a liveness probe that fails while a long migration runs gets the migration killed.
    private func live() -> Response {
        Self.response(passes: true, output: nil, checks: [])
    }

    private func startup() -> Response {
        Self.response(passes: state.hasStarted, output: state.migrations.summary, checks: [], retryAfter: retryAfter)
    }

    private func ready() async -> Response {
        let migrations = migrationsCheck
        let database = await databaseCheck()
        let checks = [migrations] + (database.map { [$0] } ?? [])
        let failing = checks.first { !$0.passes }
        return Self.response(passes: failing == nil, output: failing?.output, checks: checks, retryAfter: retryAfter)
    }

    /// Seconds; none where only an operator can help.
    private var retryAfter: Int? {
        if case .failed = state.phase { nil } else { 1 }
    }

    private var migrationsCheck: HealthCheck {
        let summary = state.migrations.summary
        return switch state.phase {
        case .serving: HealthCheck(name: "migrations:state", passes: true, output: summary)
        case .draining: HealthCheck(name: "migrations:state", passes: false, output: "the server is stopping")
        case .starting, .waitingForLock, .migrating, .failed: HealthCheck(name: "migrations:state", passes: false, output: summary)
        }
    }

    private func databaseCheck() async -> HealthCheck? {
        guard let database = state.database else { return nil }
        do {
            _ = try await database.query("SELECT max(id) FROM migrations") { $0.integer(0) }
            let failure = await storage.currentFailure(database)
            return HealthCheck(
                name: "sqlite:ping",
                passes: failure == nil,
                output: failure.map(Self.sentence) ?? "SQLite \(SQLiteDatabase.version)"
            )
        } catch {
            logger.error("the database cannot be read", metadata: ["error": "\(error)"])
            return HealthCheck(name: "sqlite:ping", passes: false, output: "the database cannot be read")
        }
    }

    private static func sentence(_ code: DatabaseError.Code) -> String {
        code == .storageFull ? "the disk is full" : "the database cannot be written"
    }
}

/// One thing that has to be in order.
struct HealthCheck: Sendable {
    let name: StaticString
    let passes: Bool
    let output: String
}

extension HealthRoutes {
    /// `application/health+json` (draft-inadarei-api-health-check), which has no room for more than a status, a reason and the checks.
    private static func response(passes: Bool, output: String?, checks: [HealthCheck], retryAfter: Int? = nil) -> Response {
        let time = Timestamp.now()
        let body = JSONWriter.object { json in
            json.member("status", passes ? "pass" : "fail")
            json.member("version", "1")
            json.member("releaseId", Release.version)
            if let output { json.member("output", output) }
            guard !checks.isEmpty else { return }
            json.member("checks") { json in
                json.object { json in
                    for check in checks { json.member(check.name) { $0.array([check]) { json, check in check.write(&json, time) } } }
                }
            }
        }
        var headers: Headers = [.contentType: "application/health+json", .cacheControl: "no-store"]
        if !passes, let retryAfter { headers.append(.retryAfter, String(retryAfter)) }
        return Response(status: passes ? .ok : .serviceUnavailable, headers: headers, body: body)
    }
}

extension HealthCheck {
    fileprivate func write(_ json: inout JSONWriter, _ time: Timestamp) {
        json.object { json in
            json.member("componentType", "datastore")
            json.member("status", passes ? "pass" : "fail")
            json.member("output", output)
            json.member("time", time.text)
        }
    }
}
