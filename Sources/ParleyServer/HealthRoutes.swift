import Database
import HTTP
import HTTPTypes
import Logging

/// The probes: `/livez` (also `/healthz`), `/startupz`, `/readyz` (also `/health`), and `/readyz/migrations` for one check alone.
struct HealthRoutes: Sendable {
    let state: ServerState
    let storage: StorageHealth
    let logger: Logger

    private static let live: [HealthCheck.Name] = [.ping]
    private static let startup: [HealthCheck.Name] = [.startup]
    private static let ready: [HealthCheck.Name] = [.shutdown, .migrations, .database, .files, .disk]

    private static let probes: [(path: String, checks: [HealthCheck.Name])] = [
        ("/livez", live), ("/healthz", live), ("/startupz", startup), ("/readyz", ready), ("/health", ready),
    ]
    private static let single = ["/livez", "/startupz", "/readyz"]

    static let paths = probes.map(\.path)

    var routes: [Route] {
        Self.probes.map { probe in
            Route(.get, probe.path) { request, _ in try await all(request, probe.path, probe.checks) }
        }
            + Self.probes.filter { Self.single.contains($0.path) }.map { probe in
                Route(.get, "\(probe.path)/{check}") { request, parameters in
                    try await one(request, probe.path, parameters["check"], of: probe.checks)
                }
            }
    }

    private func all(_ request: Request, _ path: String, _ names: [HealthCheck.Name]) async throws -> Response {
        let query = try HealthQuery(request, excludable: names)
        let included = names.filter { !query.excluded.contains($0) }
        var report = await report(on: path, included)
        report.excluded = names.filter(query.excluded.contains)
        report.unknown = query.unknown
        return report.response(asText: query.isText)
    }

    private func one(_ request: Request, _ path: String, _ name: String, of names: [HealthCheck.Name]) async throws -> Response {
        let query = try HealthQuery(request, excludable: nil)
        guard let check = names.first(where: { $0.rawValue == name }) else {
            let known = names.map(\.rawValue).joined(separator: ", ")
            throw Problem(.notFound, "\(path) has no check of this name; it has \(known)")
        }
        return await report(on: "\(path)/\(name)", [check]).response(asText: query.isText)
    }

    private func report(on path: String, _ names: [HealthCheck.Name]) async -> HealthReport {
        var checks: [HealthCheck] = []
        for name in names {
            let (passes, output) = await outcome(of: name)
            checks.append(HealthCheck(name: name, passes: passes, output: output))
        }
        let needsOperator = state.phase.isFailed || names.contains(.files) && state.database?.statistics.file?.isInPlace == false
        return HealthReport(probe: String(path.dropFirst()), checks: checks, retryAfter: needsOperator ? nil : 1)
    }

    // MARK: The checks

    private typealias Outcome = (passes: Bool, output: String)

    private func outcome(of check: HealthCheck.Name) async -> Outcome {
        switch check {
        // Never touches the database: a liveness probe that fails while a long migration runs gets the migration killed.
        case .ping: (true, "the process answers")
        case .startup: (state.hasStarted, state.migrations.summary)
        case .shutdown: state.phase.isDraining ? (false, "the server is stopping") : (true, "the server is not stopping")
        case .migrations: (state.isMigrated, state.migrations.summary)
        case .database: await database
        case .files: files
        case .disk: disk
        }
    }

    private static let notOpen: Outcome = (false, "the database is not open yet")

    private var database: Outcome {
        get async {
            guard let database = state.database else { return Self.notOpen }
            do {
                _ = try await database.query("SELECT max(id) FROM migrations") { $0.integer(0) }
                let failure = await storage.currentFailure(database)
                return failure.map { (false, Self.sentence($0)) } ?? (true, "SQLite \(SQLiteDatabase.version)")
            } catch {
                logger.error("the database cannot be read", metadata: ["error": "\(error)"])
                return (false, "the database cannot be read")
            }
        }
    }

    private static func sentence(_ code: DatabaseError.Code) -> String {
        code == .storageFull ? "the disk is full" : "the database cannot be written"
    }

    private var files: Outcome {
        guard let database = state.database else { return Self.notOpen }
        guard let file = database.statistics.file else { return (true, "the database is in memory") }
        return file.isInPlace ? (true, "the files are those that were opened") : (false, "a file of the database was moved or replaced")
    }

    private var disk: Outcome {
        guard let database = state.database else { return Self.notOpen }
        guard let file = database.statistics.file else { return (true, "the database is in memory") }
        return file.hasRoom ? (true, "there is room to write") : (false, "the disk has no room for the next writes")
    }
}

extension ServerState {
    /// Whether the schema is what this release needs: also while the server stops, once it was.
    fileprivate var isMigrated: Bool {
        switch phase {
        case .serving: true
        case .draining: hasStarted
        case .starting, .waitingForLock, .migrating, .failed: false
        }
    }
}

extension ServerState.Phase {
    fileprivate var isFailed: Bool { if case .failed = self { true } else { false } }
    fileprivate var isDraining: Bool { if case .draining = self { true } else { false } }
}
