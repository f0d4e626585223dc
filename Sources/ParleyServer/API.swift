import Conversations
import Database
import HTTP
import HTTPTypes
import Logging

/// Answers every request: finds its route, turns what goes wrong into a problem, adds the headers that all answers have, and logs it.
final class API: Responder {
    let router: Router
    private let requestIDs = RequestIDs()
    private let accessLog: AccessLog
    private let logger: Logger
    private let storage: StorageHealth
    private let authenticator: Authenticator
    private let cors: CORS
    /// Nil where requests need tokens, which pages do not have.
    private let pages: PageGuard?
    private let metrics: RequestMetrics
    /// The routes whose requests are counted and logged have numbers below this one; the others are those of operators' tools, which come
    /// every few seconds for ever, and say nothing that the state's own log lines do not.
    private let countedPatterns: Int
    /// Health and metrics.
    private let operations: [Route]

    /// - Parameters:
    ///   - backups: where backups of the database are; nil in memory.
    ///   - requiresIfMatch: whether what is there is only changed and deleted with If-Match.
    ///   - servesOperations: whether health and metrics are among the routes; ``forOperations()`` has them in either case.
    init(
        settings: Settings = Settings(),
        state: ServerState,
        backups: BackupStore? = nil,
        servesOperations: Bool = true,
        accessLog: AccessLog,
        logger: Logger,
        authenticator: Authenticator = Authenticator(nil),
        cors: CORS = CORS(origins: [])
    ) {
        let storage = StorageHealth()
        let counted =
            ConversationRoutes(
                repository: { () throws(Problem) in try state.conversations() },
                authenticator: authenticator,
                requiresIfMatch: settings.requiresIfMatch
            ).routes
            + TransferRoutes(
                repository: { () throws(Problem) in try state.conversations() },
                importLimit: settings.importLimit,
                spoolDirectory: settings.databaseDirectory
            ).routes
            + MigrationRoutes(state: state, authenticator: authenticator).routes
            + DocumentRoutes().routes
        let patterns = Router(counted).patterns
        metrics = RequestMetrics(routes: patterns, loops: settings.serverConfiguration(tls: nil).loops)
        operations =
            HealthRoutes(state: state, storage: storage, logger: logger).routes
            + MetricsRoutes(state: state, storage: storage, requests: metrics, backups: backups).routes
        router = Router(counted + (servesOperations ? operations : []))
        countedPatterns = patterns.count
        self.accessLog = accessLog
        self.logger = logger
        self.storage = storage
        self.authenticator = authenticator
        self.cors = cors
        pages = authenticator.isOn ? nil : PageGuard(origins: cors.origins, refusesNames: !settings.allowsStrangers)
    }

    /// The same API, with the routes for health and metrics and no others: for a listener of their own.
    func forOperations() -> API { API(operationsOf: self) }

    private init(operationsOf api: API) {
        router = Router(api.operations)
        (storage, metrics, operations, countedPatterns) = (api.storage, api.metrics, api.operations, 0)
        (accessLog, logger) = (api.accessLog, api.logger)
        // Who reaches an address of the operators' own is one of them.
        (authenticator, cors) = (Authenticator(nil), CORS(origins: []))
        pages = nil
    }

    func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let id = requestIDs.id(for: request)
        switch router.match(request) {
        case .handler(let route, let parameters):
            let response: Response
            do {
                try authenticator.require(route.access, of: request)
                try pages?.require(route.access, of: request)
                response = try await route.handler(request, parameters)
                if request.method != .get, request.method != .head { storage.recordSuccess() }
            } catch {
                response = problem(error, request, route, id)
            }
            return finish(response, to: request, route.patternNumber, id, since: start)
        case .options(let allow, let pattern):
            var response = Response.options(allowing: allow)
            cors.answerPreflight(&response, request, allowing: allow)
            return finish(response, to: request, number(of: pattern), id, since: start)
        case .refused(let refusal, let pattern):
            return finish(problem(refusal, request, nil, id), to: request, number(of: pattern), id, since: start)
        }
    }

    func bodyMode(of request: Request) -> BodyMode {
        if case .handler(let route, _) = router.match(request) { route.body } else { .buffered }
    }

    func refuse(_ refusal: Refusal, _ request: Request) -> Response {
        let id = requestIDs.id(for: request)
        var problem = Problem(refusal)
        // What may have been stored must not be sent again by a client that only obeys a header.
        if request.method != .get, request.method != .head { problem.retryAfter = nil }
        metrics.recordCut(refusal)
        return finish(
            problem.response(instance: request.path, requestID: id),
            to: request,
            number(of: router.match(request)),
            id,
            since: request.arrival
        )
    }

    private func number(of match: Router.Match) -> Int? {
        switch match {
        case .handler(let route, _): route.patternNumber
        case .options(_, let pattern): number(of: pattern)
        case .refused(_, let pattern): number(of: pattern)
        }
    }

    private func number(of pattern: String?) -> Int? {
        router.patterns.firstIndex { $0 == pattern }
    }

    /// Never inlined, like all that ``respond(to:)`` calls: an asynchronous function's locals live in memory that its task has to ask for.
    @inline(never)
    private func problem(_ error: any Error, _ request: Request, _ route: Route?, _ id: String) -> Response {
        // A full disk fails every request in the same way: one line tells of it, not thousands, which would have to be stored too.
        let isNews = storage.record((error as? ImportInterruption)?.cause ?? error)
        let problem = Problem(error)
        if isNews, problem.code.status.kind == .serverError, !(error is Problem), !Task.isCancelled {
            log(error, "request failed", id, route?.pattern, TraceContext(request))
        }
        return problem.response(instance: request.path, requestID: id)
    }

    @inline(never)
    private func finish(
        _ response: consuming Response,
        to request: Request,
        _ pattern: Int?,
        _ id: String,
        since start: ContinuousClock.Instant
    ) -> Response {
        response.headers.append(.requestID, id)
        response.headers.append(.contentTypeOptions, "nosniff")
        cors.allow(&response, to: request)
        guard pattern.map({ $0 < countedPatterns }) ?? true else { return response }
        let isUnwanted = Task.isCancelled
        // A request whose time had passed has been answered and logged without this answer, which nobody will get.
        guard !isUnwanted || !request.isAnsweredFor else { return response }
        let entry = AccessLog.Entry(
            requestID: id,
            method: request.method,
            route: pattern.map { router.patterns[$0] },
            status: isUnwanted ? Self.clientHasLeft : response.status.code,
            duration: .now - start,
            bytes: isUnwanted || request.method == .head || response.status == .notModified ? 0 : response.body.count,
            trace: TraceContext(request)
        )
        if !isUnwanted, case .stream(let produce) = response.content, request.method != .head {
            response.content = .stream(observing(produce, as: entry, pattern, since: start))
        } else {
            record(entry, pattern)
        }
        return response
    }

    /// What nginx writes for a client that has closed its connection before it had an answer; nobody ever gets it.
    private static let clientHasLeft = 499

    private func record(_ entry: AccessLog.Entry, _ pattern: Int?) {
        metrics.record(entry.method, route: pattern, status: entry.status, duration: entry.duration)
        accessLog.record(entry)
    }

    /// The same body, which is counted and has its line in the access log at its end, with what was really sent.
    private func observing(
        _ produce: @escaping Response.Producer,
        as entry: AccessLog.Entry,
        _ pattern: Int?,
        since start: ContinuousClock.Instant
    ) -> Response.Producer {
        { body in
            var entry = entry
            entry.bytes = 0
            defer {
                entry.duration = .now - start
                self.record(entry, pattern)
            }
            do {
                try await produce(
                    BodyWriter { chunk in
                        try await body.write(chunk)
                        entry.bytes += chunk.count
                    }
                )
            } catch {
                self.noteBreak(error, entry)
                throw error
            }
        }
    }

    /// A client that has gone needs no line of its own.
    private func noteBreak(_ error: any Error, _ entry: AccessLog.Entry) {
        guard !(error is CancellationError), storage.record(error) else { return }
        log(error, "an answer broke off in the middle", entry.requestID, entry.route, entry.trace)
    }

    private func log(_ error: any Error, _ message: Logger.Message, _ id: String, _ route: String?, _ trace: TraceContext?) {
        var metadata: Logger.Metadata = ["request_id": "\(id)", "route": "\(route ?? "-")", "error": "\(error)"]
        if let trace {
            metadata["trace_id"] = "\(trace.traceID)"
            metadata["span_id"] = "\(trace.spanID)"
        }
        logger.error(message, metadata: metadata)
    }
}
