import Database
import Synchronization

/// Whether the last write found the disk in order. A server whose disk is full is not ready, although it can still read.
final class StorageHealth: Sendable {
    private struct State {
        var failure: DatabaseError.Code?
        /// How many failures there have been: a check clears the one that it was made for, and no later one.
        var count = 0
    }

    private let state = Mutex(State())

    /// Whether the last write that says anything about the disk failed.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }

    /// A write was stored.
    func recordSuccess() {
        state.withLock { $0.failure = nil }
    }

    /// Looks at what a request has failed with; returns whether that is news.
    func record(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.code else { return true }
        switch code {
        case .storageFull, .ioFailure, .corrupt, .readOnly, .replaced:
            return state.withLock { state in
                defer { state.failure = code }
                state.count += 1
                return state.failure != code
            }
        default: return true
        }
    }

    /// The failure that still holds. While there is one, each probe tries again: clients who are kept away by the probe could not show
    /// that the disk is in order.
    func currentFailure(_ database: any DatabaseBridge) async -> DatabaseError.Code? {
        let (failure, count) = state.withLock { ($0.failure, $0.count) }
        guard failure != nil else { return nil }
        do { try await database.checkStorage() } catch { return failure }
        return state.withLock { state in
            if state.count == count { state.failure = nil }
            return state.failure
        }
    }
}
