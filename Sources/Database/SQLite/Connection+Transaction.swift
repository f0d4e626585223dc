extension Connection {
    /// Runs `body`; writes are refused.
    func read<Result>(_ isolation: ReadIsolation, _ body: (any Session) throws -> Result) throws -> Result {
        let couldWrite = permitsWrites
        permitsWrites = false
        defer { permitsWrites = couldWrite }
        return switch isolation {
        case .snapshot: try transaction(beginning: "BEGIN", body)
        case .statement: try body(self)
        }
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
        try execute("COMMIT")
    }

    /// Rolls back what is open. SQLite may have done so by itself; and where ROLLBACK fails, closing the connection does it.
    func rollBack() {
        if isInTransaction { _ = try? execute("ROLLBACK") }
    }
}
