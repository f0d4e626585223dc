import Synchronization

/// A queued write: its body, and the caller who waits for the commit.
protocol WriteJob: AnyObject, Sendable {
    /// Runs the body and keeps its result; throws what the body throws.
    func perform(in session: any Session) throws
    /// Resumes the caller with the kept result: the commit is durable.
    func succeed()
    /// Resumes the caller with an error: nothing of this write has happened.
    func fail(_ error: any Error)
}

/// A write with its result's type. The writer touches it from one thread at a time, the caller only through `cancellation`.
final class TypedWriteJob<Result: Sendable>: WriteJob {
    private let body: @Sendable (any Session) throws -> Result
    private let continuation: CheckedContinuation<Result, any Error>
    private let cancellation: Cancellation
    private let result = Mutex<Result?>(nil)

    init(
        _ body: @escaping @Sendable (any Session) throws -> Result,
        _ cancellation: Cancellation,
        _ continuation: CheckedContinuation<Result, any Error>
    ) {
        self.body = body
        self.cancellation = cancellation
        self.continuation = continuation
    }

    func perform(in session: any Session) throws {
        guard !cancellation.isCancelled else { throw CancellationError() }
        let value = try body(session)
        result.withLock { $0 = value }
    }

    func succeed() {
        guard let value = result.withLock({ $0 }) else { return fail(DatabaseError.transactionLost) }
        continuation.resume(returning: value)
    }

    func fail(_ error: any Error) {
        continuation.resume(throwing: error)
    }
}

/// Whether the task that waits for a write was cancelled before the write began.
final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    func cancel() { flag.store(true, ordering: .relaxed) }
}
