import Dispatch
import Metrics
import Synchronization

/// The one writer: a serial queue that commits everything waiting in one transaction, and so with one flush of the disk.
///
/// Each body runs in a savepoint of its own, so one that throws undoes itself and nobody else. Callers are resumed after the commit.
final class GroupCommit: Sendable {
    /// Bounds how long the first caller of a batch waits for the last one's body.
    static let largestBatch = 256

    /// The log is folded into the database when it has this many pages, as SQLite by itself would do it.
    private static let longestLog = 1_000

    /// What waits for its turn, in the order in which it came.
    private enum Work {
        case write(any WriteJob)
        case exclusive(@Sendable () -> Void)

        var job: (any WriteJob)? {
            if case .write(let job) = self { job } else { nil }
        }
    }

    private enum Turn {
        case commit([any WriteJob])
        case run(@Sendable () -> Void)
    }

    private struct Waiting {
        var work: [Work] = []
        var isDraining = false
        var isClosed = false
    }

    private let connection: SharedConnection
    private let readers: ReaderPool
    /// Nil where there is no log.
    private let log: LogLength?
    /// Nil where there are none: in memory.
    private let files: OpenedFiles?
    /// How many writes each transaction has had.
    let batchSizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, largestBatch])
    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "parley.sqlite.writer")

    init(_ connection: SharedConnection, _ readers: ReaderPool, log: LogLength? = nil, files: OpenedFiles? = nil) {
        self.connection = connection
        self.readers = readers
        self.log = log
        self.files = files
    }

    /// Writes whose transaction has not begun.
    var queuedWrites: Int { waiting.withLock { waiting in waiting.work.count { $0.job != nil } } }

    func submit(_ job: any WriteJob) {
        if !enqueue(.write(job)) { job.fail(DatabaseError.closed) }
    }

    /// Runs `body` on the writer's queue, behind the writes that came before it and before those that come after.
    func exclusively<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            _ = enqueue(
                .exclusive {
                    self.readers.endSnapshots()
                    let result = Swift.Result { try body() }
                    self.readers.noteCommit()
                    continuation.resume(with: result)
                }
            )
        }
    }

    /// Whether the work was taken: after ``close()`` no writes are.
    private func enqueue(_ work: Work) -> Bool {
        let (isTaken, isFirst) = waiting.withLock { waiting in
            if case .write = work, waiting.isClosed { return (false, false) }
            waiting.work.append(work)
            defer { waiting.isDraining = true }
            return (true, !waiting.isDraining)
        }
        if isFirst { queue.async { self.drain() } }
        return isTaken
    }

    /// Takes no more writes; those that wait are still committed.
    func close() {
        waiting.withLock { $0.isClosed = true }
    }

    private func drain() {
        while let turn = nextTurn() {
            switch turn {
            case .run(let body): body()
            case .commit(let batch):
                commit(batch)
                checkpointIfDue()
            }
        }
    }

    /// The exclusive work that is first in line, or the writes up to the next exclusive work.
    private func nextTurn() -> Turn? {
        waiting.withLock { waiting in
            guard let first = waiting.work.first else {
                waiting.isDraining = false
                return nil
            }
            if case .exclusive(let body) = first {
                waiting.work.removeFirst()
                return .run(body)
            }
            let batch = waiting.work.prefix(Self.largestBatch).prefix { $0.job != nil }.compactMap(\.job)
            waiting.work.removeFirst(batch.count)
            return .commit(batch)
        }
    }

    private func commit(_ batch: [any WriteJob]) {
        batchSizes.observe(batch.count)
        do {
            try files?.requireInPlace()
            let finished = try connection.withConnection { connection in
                batch.count == 1 ? [connection.commitAlone(batch[0])] : connection.commitTogether(batch)
            }
            readers.noteCommit()
            for (job, outcome) in zip(batch, finished) { outcome.tell(job) }
        } catch {
            for job in batch { job.fail(error) }
        }
    }

    /// Folds the log into the database after the callers have been told. A reader's snapshot keeps the checkpoint from the end of the log before
    /// it, and the log from being begun anew after it, so they are ended both times. A checkpoint that fails is tried again after the next commit.
    private func checkpointIfDue() {
        guard let log, log.pages >= Self.longestLog else { return }
        readers.endSnapshots()
        _ = try? connection.withConnection { connection in try connection.execute("PRAGMA wal_checkpoint(PASSIVE)") }
        readers.endSnapshots()
    }
}

/// What became of one write.
enum WriteOutcome: Sendable {
    case committed
    case failed(any Error)

    func tell(_ job: any WriteJob) {
        switch self {
        case .committed: job.succeed()
        case .failed(let error): job.fail(error)
        }
    }
}

extension Connection {
    /// One write in a transaction of its own.
    func commitAlone(_ job: any WriteJob) -> WriteOutcome {
        do {
            try writeTransaction { session in try job.perform(in: session) }
            return .committed
        } catch {
            return .failed(error)
        }
    }

    /// All writes in one transaction; one by one where one of them makes the transaction fail, so that it fails alone.
    func commitTogether(_ batch: [any WriteJob]) -> [WriteOutcome] {
        do {
            return try writeTransaction { _ in try batch.map { job in try performInSavepoint(job) } }
        } catch is TransactionEnded {
            return batch.map(commitAlone)
        } catch let error as DatabaseError where error.isConstraintViolation {
            // A deferred constraint, which only the commit checks: https://www.sqlite.org/foreignkeys.html#fk_deferred
            return batch.map(commitAlone)
        } catch {
            return batch.map { _ in .failed(error) }
        }
    }

    private func performInSavepoint(_ job: any WriteJob) throws -> WriteOutcome {
        try execute("SAVEPOINT write")
        do {
            try job.perform(in: self)
            guard isInTransaction else { throw TransactionEnded() }
            try execute("RELEASE write")
            return .committed
        } catch {
            // RAISE(ROLLBACK), a full disk and their like end the whole transaction, and with it what the others wrote.
            guard isInTransaction else { throw TransactionEnded() }
            try execute("ROLLBACK TO write")
            try execute("RELEASE write")
            return .failed(error)
        }
    }
}

/// A body, or SQLite because of it, has ended the transaction that others share.
private struct TransactionEnded: Error {}
