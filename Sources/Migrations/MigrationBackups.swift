public import Database

/// Where the backup before a run goes, and how many of these are kept.
public struct MigrationBackups: Sendable, Hashable {
    /// Where they are kept.
    public var store: BackupStore
    /// The newest so many automatic backups stay, the one of this run among them; 1 at least.
    public var keep: Int

    public init(store: BackupStore, keep: Int = 3) {
        self.store = store
        self.keep = max(1, keep)
    }
}

extension MigrationBackups {
    /// Whether the database has something in it that a script could harm.
    func areNeeded(for database: any DatabaseBridge) async throws -> Bool {
        try await database.read { session in try session.userObjects().contains { $0.kind == .table } }
    }

    /// Makes the backup and removes the oldest ones beyond ``keep``; nil where another process has applied the file meanwhile: that one has made
    /// the backup, and this one is not from before the file.
    ///
    /// - Returns: the backup, and those that this user may not remove.
    func run(
        before file: MigrationFile,
        of database: any DatabaseBridge
    ) async throws -> (backup: Backup, duration: Duration, left: [Backup])? {
        let start = ContinuousClock.now
        let backup = try await store.create(.automatic(before: file.version), of: database)
        let duration = ContinuousClock.now - start
        guard try await database.read({ session in try MigrationRecord.isPending(file.filename, in: session) }) else {
            store.discard(backup)
            return nil
        }
        return (backup, duration, try store.prune(keeping: keep, newest: backup).left)
    }
}

extension MigrationError {
    /// Why there is no backup, and so no run.
    init(backingUp error: any Error) {
        guard let error = error as? BackupError else {
            self.init(any: error, .backUp)
            return
        }
        guard error.code != .databaseFailed else {
            // To go on without a backup would be to migrate a damaged file.
            self.init(.databaseFailed, .backUp, error.message, recovery: error.recovery)
            cause = error.cause
            return
        }
        guard error.code != .cancelled else {
            self.init(.cancelled, .backUp, "the run was stopped during its backup", recovery: "run again")
            return
        }
        self.init(
            .backupFailed,
            .backUp,
            "no backup could be made before the run: \(error.message)",
            recovery: "\(error.recovery), or go without a backup (--migration-backups 0)"
        )
        cause = error.cause
    }
}
