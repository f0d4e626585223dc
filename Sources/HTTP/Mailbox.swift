internal import Synchronization

/// What other threads leave for a loop, and the alarm that wakes it: rung once for each batch, not for each message.
struct Mailbox: ~Copyable {
    enum Message {
        /// A task that can go on.
        case run(UnownedJob)
        /// A connection that was accepted for this loop.
        case adopt(Int32, ConnectionSlot?)
        /// Stop serving, gracefully.
        case drain(Drain)
    }

    // Not private: Swift 6.3.1 crashes when it makes the code that destroys a mailbox in another file.
    struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let alarm: Alarm

    init() throws(ServerError) {
        alarm = try Alarm()
    }

    /// Leaves a message; `false` when the loop has ended and nobody will read it.
    func post(_ message: Message) -> Bool {
        let (isOpen, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.messages.append(message)
            return (true, state.messages.count == 1)
        }
        if wakes { alarm.ring() }
        return isOpen
    }

    /// Empties the mailbox into `batch`, whose storage it takes in exchange.
    func take(into batch: inout [Message]) {
        batch.removeAll(keepingCapacity: true)
        state.withLock { swap(&$0.messages, &batch) }
    }

    /// Takes no more messages; those that are left are the caller's.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Sleeps until there is a message, `other` is readable or the time is over.
    func wait(alongside other: Int32, milliseconds: Int32) {
        alarm.wait(alongside: other, milliseconds: milliseconds)
    }
}
