/// What answers requests: the one thing a ``Server`` is given.
///
/// `respond(to:)` starts on an event loop's thread, and every resumption of it comes back there, so a request never
/// needs a lock. An answer that is made without suspending goes out at once; while one suspends, its connection
/// waits and the loop serves others. Blocking work belongs on a thread of its own: it would stall every connection of the loop.
public protocol Responder: Sendable {
    /// How the body of a request is taken; asked when the head of one that has a body is complete.
    func bodyMode(of request: Request) -> BodyMode

    /// Answers a request. It cannot fail: what goes wrong is an answer too.
    ///
    /// Its task is cancelled when the client has been answered without it (``Refusal/deadlineExceeded``, ``Refusal/draining``);
    /// what it returns after that is dropped.
    func respond(to request: Request) async -> Response

    /// Answers for the server, at once, what it refuses before or instead of ``respond(to:)``.
    func refuse(_ refusal: Refusal, _ request: Request) -> Response
}

extension Responder {
    /// Every body is read whole first.
    public func bodyMode(of request: Request) -> BodyMode { .buffered }

    /// A line of plain text.
    public func refuse(_ refusal: Refusal, _ request: Request) -> Response {
        Response(refusal)
    }
}
