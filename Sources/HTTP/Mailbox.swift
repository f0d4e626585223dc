internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// What other threads leave for a loop, and the descriptor that wakes it: written once for each batch, not for each message.
struct Mailbox: ~Copyable {
    enum Message {
        /// A task that can go on.
        case run(UnownedJob)
        /// A connection that was accepted for this loop.
        case adopt(Int32, ConnectionSlot?)
        /// Stop serving, gracefully.
        case drain(Drain)
    }

    private struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let descriptor: Int32

    init() throws(ServerError) {
        descriptor = parley_mhd_event_descriptor()
        guard descriptor >= 0 else { throw .failed("No descriptor for an event loop: \(lastSystemError())") }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Leaves a message; `false` when the loop has ended and nobody will read it.
    func post(_ message: Message) -> Bool {
        let (isOpen, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.messages.append(message)
            return (true, state.messages.count == 1)
        }
        if wakes { wake() }
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
        var polled = (pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: other, events: Int16(POLLIN), revents: 0))
        _ = unsafe withUnsafeMutableBytes(of: &polled) { bytes in
            unsafe poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
        }
        if polled.0.revents != 0 { clearWake() }
    }

    // An eventfd's counter cannot overflow here, and being read by nobody else it cannot be empty: neither call can fail.

    private func wake() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, MemoryLayout.size(ofValue: one))
    }

    private func clearWake() {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, MemoryLayout.size(ofValue: count))
    }
}
