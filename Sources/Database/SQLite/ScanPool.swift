import Dispatch
import Synchronization

/// Reads that may look at many rows: on threads and connections of their own, so that they hold up neither their caller's thread nor a read by key.
///
/// Few run at a time, since each of them keeps a core busy; the others wait in the order in which they came.
final class ScanPool: Sendable {
    private static let mostAtOnce = 2

    private typealias Scan = @Sendable (ScanLane) -> Void

    private struct State {
        var waiting: [Scan] = []
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
            submit { lane in continuation.resume(with: Swift.Result { try lane.read(interruption, body) }) }
        }
    }

    /// Takes no more scans, and waits for those that run.
    func close() {
        for lane in lanes { lane.close() }
    }

    private func submit(_ scan: @escaping Scan) {
        let lane = state.withLock { state in
            let lane = state.idle.popLast()
            if lane == nil { state.waiting.append(scan) }
            return lane
        }
        if let lane { lane.queue.async { self.work(on: lane, from: scan) } }
    }

    private func work(on lane: ScanLane, from first: @escaping Scan) {
        var next: Scan? = first
        while let scan = next {
            scan(lane)
            next = state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.idle.append(lane)
                return nil
            }
        }
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
