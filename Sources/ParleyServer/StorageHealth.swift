import Database
import Synchronization

/// Whether the last write found the disk in order. A server whose disk is full is not ready, although it can still read.
final class StorageHealth: Sendable {
    private let failure = Mutex<DatabaseError.Code?>(nil)

    /// Looks at what a request has failed with.
    func record(_ error: any Error) {
        guard let code = (error as? DatabaseError)?.code else { return }
        switch code {
        case .storageFull, .ioFailure, .corrupt, .readOnly: failure.withLock { $0 = code }
        default: return
        }
    }

    /// The failure that still holds. While there is one, each probe tries again: clients who are kept away by the probe could not show
    /// that the disk is in order.
    func currentFailure(_ database: any DatabaseBridge) async -> DatabaseError.Code? {
        guard failure.withLock({ $0 }) != nil else { return nil }
        do {
            try await database.checkStorage()
            failure.withLock { $0 = nil }
            return nil
        } catch {
            return failure.withLock { $0 }
        }
    }
}
