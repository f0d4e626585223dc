import Dispatch
import Synchronization

/// Signals, handled one after the other on a queue of their own: nothing that hangs elsewhere can keep a second one from ending the process.
struct SignalSources {
    private let queue = DispatchQueue(label: "parley.signals")
    private var sources: [any DispatchSourceSignal] = []

    /// Returns when no such signal can end the process any more.
    ///
    /// - Parameters:
    ///   - echo: for how long after the first of these signals further ones are the same wish, and passed over.
    ///   - handler: gets the signal, and how many of these there have been with it.
    mutating func handle(
        _ signals: [Int32],
        ignoringEchoesFor echo: Duration = .zero,
        _ handler: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void
    ) {
        let (counter, registration) = (Counter(echo: echo), DispatchGroup())
        for signal in signals {
            let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
            source.setEventHandler { if let count = counter.next() { handler(signal, count) } }
            source.setRegistrationHandler { registration.leave() }
            registration.enter()
            source.activate()
            sources.append(source)
        }
        registration.wait()
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}

private final class Counter: Sendable {
    private let echo: Duration
    private let state = Mutex<(first: ContinuousClock.Instant?, count: Int)>((nil, 0))

    init(echo: Duration) {
        self.echo = echo
    }

    /// Nil for an echo of the first signal.
    func next() -> Int? {
        let now = ContinuousClock.now
        return state.withLock { state in
            if let first = state.first, now - first < echo { return nil }
            state = (state.first ?? now, state.count + 1)
            return state.count
        }
    }
}
