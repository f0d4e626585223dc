internal import CMicroHTTPD
internal import HTTPTypes

/// One request and its answer, from the request line to the last byte of the response.
///
/// `@unchecked Sendable`, because the task that runs the handler holds it: all of it is confined to its loop's thread. libmicrohttpd's
/// callbacks run there, and so does the task, whose executor is the loop. After the loop has ended its mailbox sends jobs elsewhere,
/// but only then, so accesses stay ordered by the mailbox's lock.
@safe
final class Exchange: @unchecked Sendable {
    private let number = Request.nextNumber()
    private let context: LoopContext
    private let connection: OpaquePointer
    private let target: Result<RequestTarget, Refusal>
    private let head: RequestHead
    private var state: ExchangeState
    private var method = HTTPRequest.Method.get
    private var body: [UInt8] = []
    private var response: Response?
    private var handler: Task<Void, Never>?

    init(target: String, connection: OpaquePointer, context: LoopContext) {
        self.target = Result { () throws(Refusal) in try RequestTarget(parsing: target) }
        self.head = unsafe RequestHead(.live(connection), arrival: context.now)
        unsafe self.connection = connection
        self.context = context
        self.state = ExchangeState(bodyLimit: context.configuration.maximumBodySize)
    }

    // MARK: What libmicrohttpd says

    /// Whether its headers are still to come.
    var isFresh: Bool { state.phase == .fresh }

    /// The head is complete. A response queued here ends the connection: right for refusals and for nothing else.
    func headArrived(method: HTTPRequest.Method?, version: String) -> MHD_Result {
        let refusal = verdict(method: method, version: version)
        guard state.on(.head(accepted: refusal == nil)) == .refuse, let refusal else { return .YES }
        return refuse(refusal)
    }

    /// A part of the body is here.
    func bodyArrived(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        switch state.on(.body(bytes.count)) {
        case .store: unsafe body.append(contentsOf: bytes)
        case .discard: body = []
        default: return .NO
        }
        return .YES
    }

    /// The whole request is here, or the connection has been resumed to be answered.
    func requestEnded() -> MHD_Result {
        switch state.on(.end(accepting: !context.isCutting)) {
        case .start: start()
        case .queue: queue()
        case .queueDraining: refuse(.draining)
        case .queueContentTooLarge: refuse(.contentTooLarge(limit: context.configuration.maximumBodySize))
        default: .NO
        }
    }

    /// The last call for this request: its memory goes when this returns.
    func completed() {
        if state.on(.completed) == .detach { abandonHandler() }
        head.discard()
    }

    /// There is no more time for a handler that waits; it is answered for. Returns whether one did.
    func expire(_ refusal: Refusal) -> Bool {
        guard state.on(.expired) == .giveUp else { return false }
        abandonHandler()
        response = makeRefusal(refusal)
        unsafe MHD_resume_connection(connection)
        return true
    }

    // MARK: The handler

    private func start() -> MHD_Result {
        let task = Task.immediate(executorPreference: context.loop) { await self.handle() }
        guard state.on(.started) == .suspend else { return queue() }
        handler = task
        unsafe MHD_suspend_connection(connection)
        return .YES
    }

    private func handle() async {
        finish(await context.responder.respond(to: makeRequest()))
    }

    private func finish(_ response: Response) {
        let action = state.on(.finished)
        guard action == .keep || action == .resume else { return }
        self.response = response
        if action == .resume { unsafe MHD_resume_connection(connection) }
    }

    private func abandonHandler() {
        head.detach()
        handler?.cancel()
        handler = nil
    }

    // MARK: Helpers

    private func verdict(method: HTTPRequest.Method?, version: String) -> Refusal? {
        guard let method else { return .malformed("The method is not a token.") }
        self.method = method
        if case .failure(let refusal) = target { return refusal }
        var gate = RequestGate(bodyLimit: context.configuration.maximumBodySize)
        unsafe forEachHeader(of: connection) { name, value in
            gate.inspect(name: name, value: value)
        }
        return gate.verdict(version: version)
    }

    private func makeRequest() -> Request {
        Request(number: number, method: method, target: (try? target.get()) ?? .none, head: head, body: body)
    }

    private func makeRefusal(_ refusal: Refusal) -> Response {
        var response = context.responder.refuse(refusal, makeRequest())
        response.closesConnection = response.closesConnection || refusal.closesConnection
        return response
    }

    private func refuse(_ refusal: Refusal) -> MHD_Result {
        response = makeRefusal(refusal)
        return queue()
    }

    private func queue() -> MHD_Result {
        guard var response else { return .NO }
        self.response = nil
        handler = nil
        response.closesConnection = response.closesConnection || context.loop.isDraining
        return unsafe response.queue(on: connection)
    }
}
