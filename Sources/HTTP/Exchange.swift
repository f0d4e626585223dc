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
    let context: LoopContext
    let connection: OpaquePointer
    let client: Connection
    private let target: Result<RequestTarget, Refusal>
    private let targetSize: Int
    private let head: RequestHead
    var state: ExchangeState
    private var method = HTTPRequest.Method.get
    private var body: [UInt8] = []
    private var response: Response?
    private var handler: Task<Void, Never>?
    /// Whether there may be more of the request than was read.
    private var hasMoreToRead = false
    /// What a streamed body goes through, the request's first, then the response's.
    var pipe: BodyPipe?
    /// Whether there is a handler that streams and has not ended.
    var isStreaming = false
    /// Bytes of a streamed body since the client's deadline was put off.
    var progress = 0

    init(target: String, connection: OpaquePointer, client: Connection, context: LoopContext) {
        self.target = Result { () throws(Refusal) in try RequestTarget(parsing: target) }
        self.targetSize = target.utf8.count
        self.head = unsafe RequestHead(.live(connection), arrival: context.now)
        unsafe self.connection = connection
        self.client = client
        self.context = context
        self.state = ExchangeState(bodyLimit: context.configuration.maximumBodySize)
    }

    // MARK: What libmicrohttpd says

    /// Whether its headers are still to come.
    var isFresh: Bool { state.phase == .fresh }

    /// Whether only the headers of the answer are wanted.
    var isHead: Bool { method == .head }

    /// The head is complete. A response queued here ends the connection: right for refusals and for nothing else.
    func headArrived(method: HTTPRequest.Method?, version: UnsafePointer<CChar>) -> MHD_Result {
        do throws(Refusal) {
            if context.isCutting { throw .draining }
            let mode = try unsafe judge(method: method, version: version)
            return state.on(.head(mode.verdict)) == .startStreaming ? startStreaming() : .YES
        } catch {
            _ = state.on(.head(.refused))
            hasMoreToRead = true
            return refuse(error)
        }
    }

    /// A part of the body is here.
    func bodyArrived(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        switch state.on(.body(bytes.count)) {
        case .store: unsafe body.append(contentsOf: bytes)
        case .discard: body = []
        case .feed: unsafe feed(bytes)
        case .failBody: pipe?.end(.failure(Refusal.contentTooLarge(limit: state.bodyLimit)))
        default: return .NO
        }
        noteProgress(of: bytes.count)
        return .YES
    }

    /// The whole request is here, or the connection has been resumed to be answered.
    func requestEnded() -> MHD_Result {
        hasMoreToRead = false
        return switch state.on(.end(accepting: !context.isCutting)) {
        case .start: start()
        case .queue: queue()
        case .queueDraining: refuse(.draining)
        case .queueContentTooLarge: refuse(.contentTooLarge(limit: context.configuration.maximumBodySize))
        case .endBody: endBody()
        default: .NO
        }
    }

    /// The last call for this request: its memory goes when this returns.
    func completed() {
        if state.on(.completed) == .detach { abandonHandler() }
        head.discard()
    }

    /// There is no more time for whoever is waited for. A handler is answered for; one that streams goes on. Returns whether to be patient.
    func expire(_ refusal: Refusal) -> Bool {
        switch state.on(.expired) {
        case .giveUp:
            giveUp(refusal)
            return true
        case .wait: return true
        default: return false
        }
    }

    /// Cancels a handler that only reads where its client has left. What it then returns ends the connection, since that cannot be sent.
    func cancelWhereUnwanted() {
        if state.phase == .waiting, method == .get || isHead, client.peerHasLeft { handler?.cancel() }
    }

    /// The server stops. A handler that waits is answered for, and what is streamed breaks off.
    func cut() {
        switch state.on(.cut) {
        case .giveUp: giveUp(.draining)
        case .giveUpAndDisconnect:
            // Counted and logged, though the client is in the middle of its body and will not see it.
            _ = makeRefusal(.draining)
            abandonHandler()
            client.cut()
        case .breakOff:
            abandonHandler()
            resume()
        case .disconnect:
            abandonHandler()
            client.cut()
        default: break
        }
    }

    // MARK: The handler

    private func start() -> MHD_Result {
        let task = Task.immediate(executorPreference: context.loop) { await self.handle() }
        if isStreaming { handler = task }
        guard state.on(.started) == .suspend else { return queue() }
        handler = task
        unsafe MHD_suspend_connection(connection)
        return .YES
    }

    /// Starts the handler before the body is here. Where it ends at once, its answer goes out instead of a 100, and ends the connection.
    private func startStreaming() -> MHD_Result {
        openPipe()
        handler = Task.immediate(executorPreference: context.loop) { await self.handle() }
        return state.on(.started) == .none ? .YES : queue()
    }

    private func handle() async {
        if let produce = finish(await context.responder.respond(to: makeRequest())) { await send(produce) }
        if isStreaming { streamingEnded() }
    }

    /// Takes the response; returns what makes its body, if that is streamed and anybody wants it.
    private func finish(_ response: Response) -> Response.Producer? {
        let action = state.on(.finished)
        guard action == .keep || action == .resume else { return nil }
        self.response = response
        if action == .resume { resume() }
        guard case .stream(let produce) = response.content, !isHead else { return nil }
        openPipe()
        return produce
    }

    private func giveUp(_ refusal: Refusal) {
        abandonHandler()
        response = makeRefusal(refusal)
        resume()
    }

    private func abandonHandler() {
        head.detach()
        pipe?.end(.failure(CancellationError()))
        handler?.cancel()
        handler = nil
    }

    private func resume() {
        if isStreaming { putOffDeadline() }
        unsafe MHD_resume_connection(connection)
    }

    // MARK: Helpers

    private func judge(method: HTTPRequest.Method?, version: UnsafePointer<CChar>) throws(Refusal) -> BodyMode {
        guard let method else { throw .malformed("The method is not a token.") }
        self.method = method
        _ = try target.get()
        var gate = RequestGate(limits: context.configuration.limits, targetSize: targetSize)
        var lines = unsafe HeadLines(version: version)
        unsafe forEachHeader(of: connection) { name, value in
            lines.add(name: name, value: value)
            gate.inspect(name: name, value: value)
        }
        guard lines.areWhole else { throw .malformed("A line of the head is folded, has a NUL byte, or is not ended by CR and LF.") }
        hasMoreToRead = gate.announcesBody
        let mode = gate.announcesBody ? context.responder.bodyMode(of: makeRequest()) : .buffered
        if case .streamed(let limit) = mode { gate.limits.body = limit }
        if let refusal = unsafe gate.verdict(version: String(cString: version)) { throw refusal }
        return mode
    }

    private func makeRequest() -> Request {
        Request(number: number, method: method, target: (try? target.get()) ?? .none, head: head, body: body, pipe: pipe)
    }

    private func makeRefusal(_ refusal: Refusal) -> Response {
        head.isAnsweredFor = true
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
        response.closesConnection = response.closesConnection || context.loop.isDraining
        client.lingers = hasMoreToRead
        if case .stream = response.content { return queueStream(response) }
        handler = nil
        return unsafe response.queue(on: connection)
    }
}
