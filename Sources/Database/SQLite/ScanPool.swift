import Dispatch
import Synchronization

/// Reads that may look at many rows: on threads and connections of their own, so that they hold up neither their caller's thread nor a read by key.
///
/// Few run at a time, since each of them keeps a core busy; the others wait in the order in which they came. One that would wait in vain is refused
/// as soon as that is to be seen: its caller can do something else with the time.
final class ScanPool: Sendable {
    private static let mostAtOnce = 2

    /// Called once: with a lane, or with why there will be none.
    private typealias Scan = @Sendable (Swift.Result<ScanLane, DatabaseError>) -> Void

    private struct State {
        var queue = ScanQueue<Scan>(lanes: mostAtOnce)
        var idle: [ScanLane]
    }

    private let lanes: [ScanLane]
    private let state: Mutex<State>

    /// - Parameter open: makes a connection for one scan at a time.
    init(open: @escaping @Sendable () throws -> SharedConnection) {
        lanes = (0..<Self.mostAtOnce).map { _ in ScanLane(open: open) }
        state = Mutex(State(idle: lanes))
    }

    /// Runs `body` on a snapshot that is let go of when it returns; `interruption` can end it, and what it did not begin never runs.
    func read<Result: Sendable>(
        _ interruption: Interruption,
        _ body: @escaping @Sendable (any Session) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(interruption) { lane in continuation.resume(with: Swift.Result { try lane.get().read(interruption, body) }) }
        }
    }

    /// Takes no more scans, and waits for those that run.
    func close() {
        for lane in lanes { lane.close() }
    }

    private func submit(_ interruption: Interruption, _ scan: @escaping Scan) {
        let (lane, hopeless) = state.withLock { state -> (ScanLane?, [Scan]) in
            if let lane = state.idle.popLast() { return (lane, []) }
            state.queue.append(scan, interruption)
            return (nil, state.queue.removeHopeless(at: .now))
        }
        refuse(hopeless)
        if let lane { lane.queue.async { self.work(on: lane, from: scan) } }
    }

    private func work(on lane: ScanLane, from first: @escaping Scan) {
        var next: Scan? = first
        while let scan = next {
            let start = ContinuousClock.now
            scan(.success(lane))
            let (following, hopeless) = state.withLock { state -> (Scan?, [Scan]) in
                state.queue.record(.now - start)
                let following = state.queue.popFirst()
                if following == nil { state.idle.append(lane) }
                return (following, state.queue.removeHopeless(at: .now))
            }
            refuse(hopeless)
            next = following
        }
    }

    private func refuse(_ hopeless: [Scan]) {
        let error = DatabaseError(.timedOut, "more scans are under way than can be done within their time limit")
        for scan in hopeless { scan(.failure(error)) }
    }
}

/// A thread for scans, with the connection that it opens for the first of them.
private final class ScanLane: Sendable {
    private enum State {
        case unopened
        case open(SharedConnection)
        case closed
    }

    /// Serial: such a queue gets a thread beyond those of the cooperative pool, which a concurrent one takes away from Swift's tasks.
    let queue = DispatchQueue(label: "parley.sqlite.scans")
    private let open: @Sendable () throws -> SharedConnection
    private let state = Mutex(State.unopened)

    init(open: @escaping @Sendable () throws -> SharedConnection) {
        self.open = open
    }

    func read<Result: Sendable>(_ interruption: Interruption, _ body: (any Session) throws -> Result) throws -> Result {
        if let reason = interruption.reason { throw reason }
        return try connection().withConnection { connection in
            try connection.stoppable(by: interruption) { try connection.readTransaction(body) }
        }
    }

    func close() {
        let connection: SharedConnection? = state.withLock { state in
            defer { state = .closed }
            return if case .open(let connection) = state { connection } else { nil }
        }
        connection?.close()
    }

    private func connection() throws -> SharedConnection {
        try state.withLock { state in
            switch state {
            case .open(let connection): return connection
            case .closed: throw DatabaseError.closed
            case .unopened:
                let connection = try open()
                state = .open(connection)
                return connection
            }
        }
    }
}
