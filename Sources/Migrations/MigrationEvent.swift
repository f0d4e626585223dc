public import Database

/// What happens during a run, told to an observer as it happens. Logs, progress bars and status pages are observers.
public enum MigrationEvent: Sendable {
    /// The files and the record have been read. The plan may hold errors, and then nothing runs.
    case planned(MigrationPlan)
    /// Another process is migrating; this one waits for it.
    case waitingForLock
    /// The backup before the run begins.
    case backingUp
    /// The backup is complete, verified and durable.
    case backedUp(path: String, bytes: Int, duration: Duration)
    /// Rows without a parent, from before the run: no reason to stop, and worth repairing.
    case orphansFound([ForeignKey: Int])
    /// A file begins: the `index`th (from 1) of `count`.
    case started(MigrationFile, index: Int, count: Int)
    /// A statement of the running file begins, from 1.
    case statement(MigrationFile, number: Int)
    /// A file is committed, with its record.
    case applied(AppliedFile)
    /// A file turned out to have been applied by another process in the meantime.
    case appliedElsewhere(MigrationFile)
    case finished(MigrationExecutionResult)
    case failed(MigrationFailure)
}

/// A file that this run has applied.
public struct AppliedFile: Sendable, Hashable {
    public let filename: String
    /// What the record has, in UTC: `2026-11-21 07:58:05`.
    public let appliedAt: String
    /// From the start of its transaction to the end of its commit.
    public let duration: Duration
    /// How many statements it had.
    public let statements: Int
}

/// What a run that reached its end has done.
public struct MigrationExecutionResult: Sendable, Hashable {
    /// What this run applied, in order.
    public let applied: [AppliedFile]
    /// How many migrations were applied before.
    public let alreadyApplied: Int
    /// The whole run, reading the files included.
    public let duration: Duration
    /// The path of the backup that was made before the run; nil where there is none.
    public internal(set) var backup: String?
}
