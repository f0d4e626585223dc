internal import CMicroHTTPD

// Bodies that go through a `BodyPipe` while the handler runs. The client has a request's time for every 16 KiB, and as long as it gets on there is
// no limit to the whole; while the handler is waited for, no time runs.
extension Exchange {
    /// How much of a body libmicrohttpd asks for at once, and what a client has to take or send in a request's time.
    static let sendSize = 16 << 10

    /// What a reader returns at the end, and for a body that has none
    /// ([the manual](https://www.gnu.org/software/libmicrohttpd/manual/libmicrohttpd.html#index-_002aMHD_005fContentReaderCallback)).
    static let endOfBody = -1
    static let endOfBodyWithError = -2

    func openPipe() {
        isStreaming = true
        pipe = BodyPipe { [weak self] in self?.handlerActed() }
    }

    /// The handler has taken or written some: the connection can go on, if that is what it waits for.
    private func handlerActed() {
        guard state.on(.moved) == .resume else { return }
        putOffDeadline()
        unsafe MHD_resume_connection(connection)
    }

    /// The handler of a streamed body has ended, and so has all that a drain waits for, unless the connection has not.
    func streamingEnded() {
        isStreaming = false
        if state.phase == .closed, !context.isOver { context.requestEnded() }
    }

    // MARK: The request

    /// Hands a part of the body to the handler; while that has enough, the client has to wait.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        unsafe pipe?.put(bytes)
        guard pipe?.isFull == true, state.on(.full) == .suspend else { return }
        unsafe MHD_suspend_connection(connection)
    }

    /// Tells the handler that it has the whole body, and waits for its answer.
    func endBody() -> MHD_Result {
        pipe?.end(.success(()))
        unsafe MHD_suspend_connection(connection)
        return .YES
    }

    // MARK: The response

    @inline(never)
    func send(_ produce: Response.Producer) async {
        guard let pipe else { return }
        do {
            try await produce(BodyWriter { try await pipe.write($0) })
            pipe.endWriting(.success(()))
        } catch {
            pipe.endWriting(.failure(error))
        }
    }

    /// Hands a streamed response to libmicrohttpd.
    func queueStream(_ response: Response) -> MHD_Result {
        _ = state.on(.streams)
        return unsafe response.queue(on: connection, from: self)
    }

    /// Fills `target` with the next part of the body, or suspends the connection until there is one.
    func fill(_ target: UnsafeMutableRawBufferPointer) -> Int {
        switch unsafe pipe?.take(into: target) {
        case .bytes(let count):
            noteProgress(of: count)
            return count
        case .empty where state.on(.empty) == .suspend:
            unsafe MHD_suspend_connection(connection)
            return 0
        case .ended: return Self.endOfBody
        case .empty, .failed, nil: return Self.endOfBodyWithError
        }
    }

    /// libmicrohttpd reads no more, whether it has read all or not: nobody is left to write for.
    func bodyReleased() {
        pipe?.end(.failure(CancellationError()))
    }

    // MARK: The clock

    func noteProgress(of count: Int) {
        guard pipe != nil else { return }
        progress += count
        if progress >= Self.sendSize { putOffDeadline() }
    }

    func putOffDeadline() {
        progress = 0
        client.deadline = context.now + context.configuration.requestTimeout
    }
}

extension BodyMode {
    var verdict: ExchangeState.Verdict {
        switch self {
        case .buffered: .buffered
        case .streamed(let limit): .streamed(limit: limit)
        }
    }
}
