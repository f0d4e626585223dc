import Dispatch
import Synchronization

/// Signals, handled one after the other on a queue of their own: nothing that hangs elsewhere can keep a second one from ending the process.
struct SignalSources {
    private let queue = DispatchQueue(label: "parley.signals")
    private var sources: [any DispatchSourceSignal] = []

    /// Returns when no such signal can end the process any more.
    ///
    /// - Parameter handler: gets the signal, and how many of these there have been with it.
    mutating func handle(_ signals: [Int32], _ handler: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
        let (counter, registration) = (Counter(), DispatchGroup())
        for signal in signals {
            let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
            source.setEventHandler { handler(signal, counter.next()) }
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
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
