/// Where one request and its answer stand: an event goes in, what to do about it comes out, nothing happens here.
///
///     fresh → receiving → handling → ready → answered → closed
///                 ↓           ↓        ↑
///             overflowing   waiting ───┘
struct ExchangeState: Equatable {
    enum Phase: Equatable {
        /// The request line is here, the headers are not.
        case fresh
        /// So many bytes of the body are stored.
        case receiving(Int)
        /// The body is over the limit at so many bytes; they are read and dropped.
        case overflowing(Int)
        /// The handler runs, inside libmicrohttpd's callback.
        case handling
        /// The handler suspended, and so is the connection.
        case waiting
        /// There is a response, which the callback that is running or comes next queues.
        case ready
        /// The response is libmicrohttpd's.
        case answered
        /// libmicrohttpd has forgotten the request.
        case closed
    }

    enum Event: Equatable {
        /// The head is complete.
        case head(accepted: Bool)
        /// So many more bytes of the body came.
        case body(Int)
        /// The whole request is here, or its connection was resumed. A server that cuts what waits accepts nothing new.
        case end(accepting: Bool)
        /// The handler was started and gave back control.
        case started
        /// The handler has its response.
        case finished
        /// There is no more time for the handler.
        case expired
        /// libmicrohttpd is done with the request, well or badly.
        case completed
    }

    enum Action: Equatable {
        case none
        /// Queue what the gate had to say.
        case refuse
        case store
        case discard
        /// Close the connection without an answer.
        case abandon
        case start
        case suspend
        case queue
        case queueContentTooLarge
        case queueDraining
        /// Keep the response; the callback that is running queues it.
        case keep
        /// Keep the response and resume the connection, whose next callback queues it.
        case resume
        /// Answer for the handler, cancel it and resume the connection.
        case giveUp
        /// The handler goes on without a connection.
        case detach
    }

    private(set) var phase = Phase.fresh
    private let bodyLimit: Int

    /// A client that sends this many times what is allowed is not worth an answer.
    private static let patience = 16

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    mutating func on(_ event: Event) -> Action {
        switch (phase, event) {
        case (.fresh, .head(accepted: true)): move(to: .receiving(0), .none)
        case (.fresh, .head(accepted: false)): move(to: .answered, .refuse)
        case (.receiving(let received), .body(let count)): store(received + count)
        case (.overflowing(let received), .body(let count)): discard(received + count)
        case (.receiving, .end(accepting: true)): move(to: .handling, .start)
        case (.receiving, .end(accepting: false)): move(to: .answered, .queueDraining)
        case (.overflowing, .end): move(to: .answered, .queueContentTooLarge)
        case (.handling, .finished): move(to: .ready, .keep)
        case (.handling, .started): move(to: .waiting, .suspend)
        case (.ready, .started), (.ready, .end): move(to: .answered, .queue)
        case (.waiting, .finished): move(to: .ready, .resume)
        case (.waiting, .expired): move(to: .ready, .giveUp)
        case (.waiting, .completed): move(to: .closed, .detach)
        case (_, .completed): move(to: .closed, .none)
        // A late response, a deadline for something that is not waiting: neither changes anything.
        case (_, .finished), (_, .expired): .none
        // libmicrohttpd calls in this order and no other; should it not, its connection ends here.
        default: .abandon
        }
    }

    private mutating func store(_ total: Int) -> Action {
        total <= bodyLimit ? move(to: .receiving(total), .store) : move(to: .overflowing(total), .discard)
    }

    private mutating func discard(_ total: Int) -> Action {
        let isTooMuch = total / Self.patience > bodyLimit
        return move(to: .overflowing(total), isTooMuch ? .abandon : .discard)
    }

    private mutating func move(to next: Phase, _ action: Action) -> Action {
        phase = next
        return action
    }
}
