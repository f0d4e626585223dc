import Synchronization

/// A connection that several threads take turns with, until it is closed.
final class SharedConnection: Sendable {
    let begunStatements: StatementCount
    private let connection: Mutex<Connection?>

    init(_ connection: sending Connection) {
        begunStatements = connection.begunStatements
        self.connection = Mutex(connection)
    }

    /// Runs `body` with the connection to itself.
    func withConnection<Result: Sendable>(_ body: (Connection) throws -> Result) throws -> Result {
        try connection.withLock { connection in
            guard let connection else { throw DatabaseError.closed }
            return try body(connection)
        }
    }

    /// The same if no other thread has it at this moment, else nil.
    func withConnectionIfIdle<Result: Sendable>(_ body: (Connection) throws -> Result) throws -> Result? {
        try connection.withLockIfAvailable { connection in
            guard let connection else { throw DatabaseError.closed }
            return try body(connection)
        }
    }

    /// Waits for its turn and closes the connection.
    func close() {
        connection.withLock { $0 = nil }
    }
}
