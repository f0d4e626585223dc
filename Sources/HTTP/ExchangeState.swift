/// Where one request and its answer stand: an event goes in, what to do about it comes out, nothing happens here.
///
///     fresh → receiving → handling → ready → answered → closed
///       ↓         ↓           ↓        ↑        ↓↑
///       ↓     overflowing   waiting ───┤    sending ⇄ starved
///     streaming ⇄ paused               │
///       ↓   ↓                          │
///       ↓  finishing ──────────────────┤
///     dropping ────────────────────────┘
struct ExchangeState: Equatable {
    enum Phase: Equatable {
        /// The request line is here, the headers are not.
        case fresh
        /// So many bytes of the body are stored.
        case receiving(Int)
        /// The body is over the limit at so many bytes; they are read and dropped.
        case overflowing(Int)
        /// The handler takes the body while it arrives; so many bytes came.
        case streaming(Int)
        /// The same, and the connection is suspended until the handler has taken what came.
        case paused(Int)
        /// The handler has all of a body that it takes while it arrives, and the connection is suspended.
        case finishing
        /// There is a response before the body has ended, whose rest is read and dropped; so many bytes came.
        case dropping(Int)
        /// The handler runs, inside libmicrohttpd's callback.
        case handling
        /// The handler suspended, and so is the connection.
        case waiting
        /// There is a response, which the callback that is running or comes next queues.
        case ready
        /// The response is libmicrohttpd's.
        case answered
        /// libmicrohttpd sends the response while the handler makes its body.
        case sending
        /// The same, and the connection is suspended until there is more.
        case starved
        /// libmicrohttpd has forgotten the request.
        case closed
    }

    enum Event: Equatable {
        /// The head is complete.
        case head(Verdict)
        /// So many more bytes of the body came.
        case body(Int)
        /// The handler has not yet taken what came of the body.
        case full
        /// The whole request is here, or its connection was resumed. A server that cuts what waits accepts nothing new.
        case end(accepting: Bool)
        /// The handler was started and gave back control.
        case started
        /// The handler has its response.
        case finished
        /// The response that was queued has a body that is made while it is sent.
        case streams
        /// libmicrohttpd asked for more of the body than there is.
        case empty
        /// The handler has taken some of the request's body, or written some of the response's.
        case moved
        /// There is no more time for the handler or the client, whoever is waited for.
        case expired
        /// The server stops, and there is no more time for anybody.
        case cut
        /// libmicrohttpd is done with the request, well or badly.
        case completed
    }

    /// What the gate says of a head.
    enum Verdict: Equatable {
        case refused
        /// The body is read whole before the handler starts.
        case buffered
        /// The handler starts now and takes the body while it arrives, up to so many bytes.
        case streamed(limit: Int)
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
        /// Start the handler, which takes the body while it arrives.
        case startStreaming
        /// Give the handler what came of the body.
        case feed
        /// Tell the handler that the body is too long, and drop what came.
        case failBody
        /// Tell the handler that the body is whole, and suspend the connection.
        case endBody
        case suspend
        case queue
        case queueContentTooLarge
        case queueDraining
        /// Keep the response; the callback that is running queues it.
        case keep
        /// Keep the response, if the event brought one, and resume the connection, whose next callback goes on.
        case resume
        /// Answer for the handler, cancel it and resume the connection.
        case giveUp
        /// Answer for the handler, cancel it and cut the connection.
        case giveUpAndDisconnect
        /// Cancel the handler and resume the connection, which then breaks off.
        case breakOff
        /// Cut the connection.
        case disconnect
        /// Let the handler go on.
        case wait
        /// The handler goes on without a connection.
        case detach
    }

    private(set) var phase = Phase.fresh
    /// The longest body that the request may have, in bytes.
    private(set) var bodyLimit: Int

    /// Whether it is the client's turn to send.
    var isIncoming: Bool {
        switch phase {
        case .fresh, .receiving, .overflowing, .streaming, .dropping: true
        default: false
        }
    }

    /// A client that sends this many times what is allowed is not worth an answer …
    private static let patience = 16
    /// … nor is one that sends so much more than a limit that is large by itself.
    private static let streamPatience = 1 << 20

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    mutating func on(_ event: Event) -> Action {
        switch (phase, event) {
        case (.fresh, .head(let verdict)): begin(verdict)
        case (.receiving(let received), .body(let count)): store(received + count)
        case (.overflowing(let received), .body(let count)): discard(received + count)
        case (.receiving, .end(accepting: true)): move(to: .handling, .start)
        case (.receiving, .end(accepting: false)): move(to: .answered, .queueDraining)
        case (.overflowing, .end): move(to: .answered, .queueContentTooLarge)
        case (.handling, .finished): move(to: .ready, .keep)
        case (.handling, .started): move(to: .waiting, .suspend)
        case (.ready, .started), (.ready, .end): move(to: .answered, .queue)
        case (.waiting, .finished): move(to: .ready, .resume)
        case (.waiting, .expired), (.waiting, .cut): move(to: .ready, .giveUp)
        case (.waiting, .completed): move(to: .closed, .detach)
        default: onStream(event)
        }
    }

    // MARK: Bodies that are streamed

    private mutating func onStream(_ event: Event) -> Action {
        switch (phase, event) {
        case (.streaming(let received), .body(let count)): feed(received + count)
        case (.streaming(let received), .full): move(to: .paused(received), .suspend)
        case (.streaming(let received), .finished): move(to: .dropping(received), .keep)
        case (.streaming, .started): .none
        case (.streaming, .end): move(to: .finishing, .endBody)
        case (.paused(let received), .moved): move(to: .streaming(received), .resume)
        case (.paused(let received), .finished): move(to: .dropping(received), .resume)
        case (.paused(let received), .cut): move(to: .dropping(received), .giveUp)
        case (.finishing, .finished): move(to: .ready, .resume)
        case (.finishing, .cut): move(to: .ready, .giveUp)
        // The handler ended inside the first callback, where an answer may still go out before the body.
        case (.dropping(0), .started), (.dropping, .end): move(to: .answered, .queue)
        case (.dropping(let received), .body(let count)): drop(received + count)
        case (.answered, .streams): move(to: .sending, .none)
        case (.sending, .empty): move(to: .starved, .suspend)
        case (.starved, .moved): move(to: .sending, .resume)
        case (.starved, .cut): move(to: .sending, .breakOff)
        // What the system still holds of the body may come after this: it must not suspend a connection that nobody resumes.
        case (.streaming(let received), .cut): move(to: .dropping(received), .giveUpAndDisconnect)
        case (.dropping, .cut), (.sending, .cut): .disconnect
        // The handler is at work, however long it takes: only for the client there is a clock.
        case (.paused, .expired), (.finishing, .expired), (.starved, .expired): .wait
        case (.streaming, .completed), (.paused, .completed), (.finishing, .completed), (.dropping, .completed), (.sending, .completed),
            (.starved, .completed):
            move(to: .closed, .detach)
        default: onEnd(event)
        }
    }

    private mutating func onEnd(_ event: Event) -> Action {
        switch event {
        case .completed: move(to: .closed, .none)
        // A late response, a deadline for something that is not waiting, a step that nobody waits for: none changes anything.
        case .finished, .expired, .cut, .moved, .streams: .none
        // libmicrohttpd calls in this order and no other; should it not, its connection ends here.
        default: .abandon
        }
    }

    private mutating func begin(_ verdict: Verdict) -> Action {
        switch verdict {
        case .refused: return move(to: .answered, .refuse)
        case .buffered: return move(to: .receiving(0), .none)
        case .streamed(let limit):
            bodyLimit = limit
            return move(to: .streaming(0), .startStreaming)
        }
    }

    private mutating func store(_ total: Int) -> Action {
        total <= bodyLimit ? move(to: .receiving(total), .store) : move(to: .overflowing(total), .discard)
    }

    private mutating func discard(_ total: Int) -> Action {
        let isTooMuch = total / Self.patience > bodyLimit
        return move(to: .overflowing(total), isTooMuch ? .abandon : .discard)
    }

    private mutating func feed(_ total: Int) -> Action {
        guard total > bodyLimit else { return move(to: .streaming(total), .feed) }
        return move(to: .streaming(total), isBeyondPatience(total) ? .abandon : .failBody)
    }

    private mutating func drop(_ total: Int) -> Action {
        move(to: .dropping(total), isBeyondPatience(total) ? .abandon : .discard)
    }

    private func isBeyondPatience(_ total: Int) -> Bool { total - Self.streamPatience > bodyLimit }

    private mutating func move(to next: Phase, _ action: Action) -> Action {
        phase = next
        return action
    }
}
