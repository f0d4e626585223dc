import Synchronization

/// Where handlers wait until a test lets them go on, and a test waits until so many handlers are there.
public final class Turnstile: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Waits until the turnstile opens, whether or not the task is cancelled.
    public func pass() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.arrivals += 1
                if !state.isOpen { state.waiting.append(continuation) }
                let isOpen = state.isOpen
                let arrivals = state.arrivals
                let due = state.observers.filter { $0.count <= arrivals }.map(\.continuation)
                state.observers.removeAll { $0.count <= arrivals }
                return isOpen ? due + [continuation] : due
            }
            for continuation in ready { continuation.resume() }
        }
    }

    /// Lets everybody go on, now and later.
    public func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until `count` handlers have arrived.
    public func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrivals < count { state.observers.append((count, continuation)) }
                return state.arrivals >= count
            }
            if isThere { continuation.resume() }
        }
    }
}
