import CSQLite
import Glibc
import Synchronization

/// What ends a scan, a backup or the work of a schema session early: a cancelled task, or a deadline.
///
/// `sqlite3_interrupt` does nothing between two statements, so a flag that SQLite asks for every few thousand steps, and while it
/// waits for a lock, is what cannot be missed: <https://www.sqlite.org/c3ref/progress_handler.html>.
final class Interruption: Sendable {
    private let cancelled = Atomic<Bool>(false)
    private let waiting = Atomic<Bool>(false)
    let deadline: ContinuousClock.Instant?
    private let options: SchemaSessionOptions

    init(_ options: SchemaSessionOptions) {
        self.options = options
        deadline = options.timeout.map { .now + $0 }
    }

    func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// Why the work has to end, or nil while it may go on.
    var reason: DatabaseError? {
        if cancelled.load(ordering: .relaxed) { return DatabaseError(.interrupted, "the work was cancelled") }
        if let deadline, .now >= deadline { return DatabaseError(.timedOut, "the time limit of \(options.timeout ?? .zero) has passed") }
        return nil
    }

    /// Whether it is cancelled, or will have ended the work by then.
    func isOver(by time: ContinuousClock.Instant) -> Bool {
        cancelled.load(ordering: .relaxed) || deadline.map { $0 <= time } ?? false
    }

    /// Called while another connection holds a lock; returns whether to try again.
    fileprivate func waitForLock(attempt: Int) -> Bool {
        if !waiting.exchange(true, ordering: .relaxed) { options.onLockWait() }
        let pause = Duration.milliseconds(attempt < 10 ? 2 : 20)
        let waited = attempt < 10 ? pause * attempt : .milliseconds(20) + pause * (attempt - 10)
        guard reason == nil, waited < options.lockTimeout else { return false }
        usleep(UInt32(pause / .microseconds(1)))
        return true
    }
}

extension Connection {
    /// Runs `body` while `interruption` can end every statement and every wait for a lock.
    func interruptible<Result>(by interruption: Interruption, _ body: () throws -> Result) rethrows -> Result {
        install(interruption)
        defer { uninstallInterruption() }
        return try body()
    }

    /// Runs `body` while `interruption` can end every statement; how to wait for a lock stays as it is.
    func stoppable<Result>(by interruption: Interruption, _ body: () throws -> Result) throws -> Result {
        let context = unsafe Unmanaged.passUnretained(interruption).toOpaque()
        unsafe withHandle { handle in unsafe sqlite3_progress_handler(handle, 5_000, isOver, context) }
        defer { unsafe withHandle { handle in unsafe sqlite3_progress_handler(handle, 0, nil, nil) } }
        do { return try body() } catch let error as DatabaseError where error.code == .interrupted { throw interruption.reason ?? error }
    }

    /// Runs `body` with little patience for locks, for what can be done without.
    func impatiently<Result>(_ interruption: Interruption, _ body: () throws -> Result) rethrows -> Result {
        setBusyTimeout(.milliseconds(100))
        defer { install(interruption) }
        return try body()
    }

    private func install(_ interruption: Interruption) {
        let context = unsafe Unmanaged.passUnretained(interruption).toOpaque()
        unsafe withHandle { handle in
            unsafe sqlite3_busy_handler(handle, waitForLock, context)
            unsafe sqlite3_progress_handler(handle, 5_000, isOver, context)
        }
    }

    private func uninstallInterruption() {
        unsafe withHandle { handle in
            unsafe sqlite3_progress_handler(handle, 0, nil, nil)
            _ = unsafe sqlite3_busy_handler(handle, nil, nil)
        }
    }
}

// Both callbacks run inside `interruptible(by:_:)` or `stoppable(by:_:)`, which keep the object alive; so the reference is borrowed, not retained.

private let waitForLock: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32 = { context, attempt in
    guard let context = unsafe context else { return 0 }
    return unsafe Unmanaged<Interruption>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.waitForLock(attempt: Int(attempt)) ? 1 : 0 }
}

private let isOver: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
    guard let context = unsafe context else { return 0 }
    return unsafe Unmanaged<Interruption>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.reason == nil ? 0 : 1 }
}
