import Conversations
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

    init(state: ServerState, accessLog: AccessLog, logger: Logger, requiresIfMatch: Bool = false) {
        let storage = StorageHealth()
        router = Router(
            ConversationRoutes(repository: { () throws(Problem) in try state.conversations() }, requiresIfMatch: requiresIfMatch).routes
                + MigrationRoutes(state: state).routes
                + HealthRoutes(state: state, storage: storage, logger: logger).routes
                + DocumentRoutes().routes
        )
        self.accessLog = accessLog
        self.logger = logger
        self.storage = storage
    }

    func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let id = requestIDs.id(for: request)
        switch router.match(request) {
        case .handler(let route, let parameters):
            let response: Response
            do {
                response = try await route.handler(request, parameters)
                if request.method != .get, request.method != .head { storage.recordSuccess() }
            } catch {
                response = problem(error, request, route, id)
            }
            return finish(response, to: request, route.pattern, id, since: start)
        case .options(let allow, let pattern):
            return finish(.options(allowing: allow), to: request, pattern, id, since: start)
        case .refused(let refusal, let pattern):
            return finish(problem(refusal, request, nil, id), to: request, pattern, id, since: start)
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
        return finish(problem.response(instance: request.path, requestID: id), to: request, nil, id, since: .now)
    }

    /// Never inlined, like all that ``respond(to:)`` calls: an asynchronous function's locals live in memory that its task has to ask for.
    @inline(never)
    private func problem(_ error: any Error, _ request: Request, _ route: Route?, _ id: String) -> Response {
        // A full disk fails every request in the same way: one line tells of it, not thousands, which would have to be stored too.
        let isNews = storage.record(error)
        let problem = Problem(error)
        if isNews, problem.code.status.kind == .serverError, !(error is Problem), !Task.isCancelled {
            logger.error("request failed", metadata: ["request_id": "\(id)", "route": "\(route?.pattern ?? "-")", "error": "\(error)"])
        }
        return problem.response(instance: request.path, requestID: id)
    }

    @inline(never)
    private func finish(
        _ response: consuming Response,
        to request: Request,
        _ route: String?,
        _ id: String,
        since start: ContinuousClock.Instant
    ) -> Response {
        response.headers.append(.requestID, id)
        response.headers.append(.contentTypeOptions, "nosniff")
        // Probes come every few seconds for ever, and say nothing that the state's own log lines do not.
        guard !HealthRoutes.paths.contains(route ?? "") else { return response }
        // A request whose time had passed has been answered and logged without this answer, which nobody will get.
        guard !Task.isCancelled else { return response }
        let entry = AccessLog.Entry(
            requestID: id,
            method: request.method,
            route: route,
            status: response.status.code,
            duration: .now - start,
            bytes: request.method == .head || response.status == .notModified ? 0 : response.body.count
        )
        if case .stream(let produce) = response.content, request.method != .head {
            response.content = .stream(observing(produce, as: entry, since: start))
        } else {
            accessLog.record(entry)
        }
        return response
    }

    /// The same body, whose line in the access log is written at its end, with what was really sent.
    private func observing(
        _ produce: @escaping Response.Producer,
        as entry: AccessLog.Entry,
        since start: ContinuousClock.Instant
    ) -> Response.Producer {
        { body in
            var entry = entry
            entry.bytes = 0
            defer {
                entry.duration = .now - start
                self.accessLog.record(entry)
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
        logger.error(
            "an answer broke off in the middle",
            metadata: ["request_id": "\(entry.requestID)", "route": "\(entry.route ?? "-")", "error": "\(error)"]
        )
    }
}
