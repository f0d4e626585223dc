import Glibc

extension Connection {
    /// Runs `body` on one snapshot; writes are refused.
    func readTransaction<Result>(_ body: (any Session) throws -> Result) throws -> Result {
        let couldWrite = permitsWrites
        permitsWrites = false
        defer { permitsWrites = couldWrite }
        return try transaction(beginning: "BEGIN", body)
    }

    /// Runs `body` on a snapshot that was taken after commit number `commit`, and stays open for the reads that follow.
    func readKeepingSnapshot<Result>(after commit: Int, _ body: (any Session) throws -> Result) throws -> Result {
        let now = ContinuousClock.now
        if !(snapshot?.isFresh(after: commit, at: now) ?? false) || !isInTransaction {
            endSnapshot()
            try execute("BEGIN")
            snapshot = KeptSnapshot(commit: commit, start: now)
            try noteEncoding()
        }
        do {
            return try body(self)
        } catch let error as DatabaseError {
            // A disk that failed, say: the next read begins afresh.
            endSnapshot()
            throw error
        }
    }

    /// Lets go of the snapshot that the last read left open.
    func endSnapshot() {
        snapshot = nil
        rollBack()
    }

    /// Runs `body` in a transaction that has the write lock from its first moment.
    func writeTransaction<Result>(_ body: (any Session) throws -> Result) throws -> Result {
        try transaction(beginning: "BEGIN IMMEDIATE", body)
    }

    private func transaction<Result>(beginning begin: String, _ body: (any Session) throws -> Result) throws -> Result {
        try execute(begin)
        do {
            let result = try body(self)
            try endTransaction()
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// COMMIT, unless `body` or SQLite itself has ended the transaction, which would make an unkept promise of this one.
    private func endTransaction() throws(DatabaseError) {
        guard isInTransaction else { throw .transactionLost }
        errno = 0
        try execute("COMMIT")
    }

    /// Rolls back what is open. SQLite may have done so by itself; and where ROLLBACK fails, closing the connection does it.
    func rollBack() {
        if isInTransaction { _ = try? execute("ROLLBACK") }
    }
}

/// A snapshot that is kept for the reads that follow.
struct KeptSnapshot {
    /// Other processes' writes are seen after this time at the latest.
    static let longestLife = Duration.milliseconds(10)

    /// The number of the last commit before it.
    let commit: Int
    let start: ContinuousClock.Instant

    func isFresh(after newest: Int, at now: ContinuousClock.Instant) -> Bool {
        commit == newest && now - start < Self.longestLife
    }
}
