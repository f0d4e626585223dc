import Dispatch
import Synchronization

/// The read connections of a file: one for each thread that usually reads, taken without a queue.
///
/// To begin and end a snapshot takes four system calls and locks that all connections share, more than half of what a read by key costs. So a
/// reader keeps its snapshot for the reads that follow, until there is a commit that it does not have, and for ten milliseconds at most,
/// so that other processes' writes are seen, and their checkpoints not held up.
final class ReaderPool: Sendable {
    private static let longestSnapshot = DispatchTimeInterval.milliseconds(Int(KeptSnapshot.longestLife / .milliseconds(1)))

    private let readers: [SharedConnection]
    private let keepsSnapshots: Bool
    /// The number of the newest commit.
    private let commits = Atomic<Int>(0)
    private let isReleaseDue = Atomic<Bool>(false)
    private let queue = DispatchQueue(label: "parley.sqlite.snapshots")

    /// - Parameters:
    ///   - readers: at least one.
    ///   - keepsSnapshots: only with a write-ahead log, where a reader keeps nobody from writing.
    init(_ readers: [SharedConnection], keepsSnapshots: Bool) {
        self.readers = readers
        self.keepsSnapshots = keepsSnapshots
    }

    /// Runs `body` on an idle reader, beginning with the one that is this thread's: its pages and statements are in this core's cache. Where
    /// all are busy, it waits for that one.
    func read<Result: Sendable>(_ body: (any Session) throws -> Result) throws -> Result {
        // Read before the snapshot is taken: at worst the snapshot has more than its number says.
        let commit = commits.load(ordering: .acquiring)
        return try withReader { connection in
            guard keepsSnapshots else { return try connection.readTransaction(body) }
            defer { scheduleRelease() }
            return try connection.readKeepingSnapshot(after: commit, body)
        }
    }

    /// From now on every read sees what has been committed so far.
    func noteCommit() {
        commits.add(1, ordering: .releasing)
    }

    /// Ends the snapshots that nobody is reading at this moment, so that a checkpoint can reach the end of the log. A read that is under way is
    /// not waited for: nobody who writes may depend on how long it takes, and its snapshot is ended soon after it.
    ///
    /// - Returns: whether no reader was busy; one that is closed is not.
    @discardableResult
    func endSnapshots() -> Bool {
        readers.reduce(true) { allEnded, reader in
            do { return try reader.withConnectionIfIdle { $0.endSnapshot() } != nil && allEnded } catch { return allEnded }
        }
    }

    func close() {
        for reader in readers { reader.close() }
    }

    private func withReader<Result: Sendable>(_ body: (Connection) throws -> Result) throws -> Result {
        let first = ThreadOrdinal.current % readers.count
        for offset in readers.indices {
            let reader = readers[(first + offset) % readers.count]
            if let result = try reader.withConnectionIfIdle(body) { return result }
        }
        return try readers[first].withConnection(body)
    }

    private func scheduleRelease() {
        guard !isReleaseDue.load(ordering: .relaxed), !isReleaseDue.exchange(true, ordering: .relaxed) else { return }
        queue.asyncAfter(deadline: .now() + Self.longestSnapshot) {
            self.isReleaseDue.store(false, ordering: .relaxed)
            // A reader that was busy may have found the release still due, and will not ask again.
            if !self.endSnapshots() { self.scheduleRelease() }
        }
    }
}
