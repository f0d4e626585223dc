/// The prepared statements of one connection, by their SQL.
///
/// The product's own statements are a few dozen; the bound only keeps a caller who composes SQL from filling the memory.
struct StatementCache {
    private static let capacity = 128
    private var statements: [String: Statement] = [:]

    /// The cached statement, unless its rows are being read further up the stack.
    func idleStatement(for sql: String) -> Statement? {
        guard let statement = statements[sql], !statement.isRunning else { return nil }
        return statement
    }

    mutating func insert(_ statement: Statement) {
        if statements.count >= Self.capacity { statements.removeAll() }
        statements[statement.sql] = statement
    }

    mutating func removeAll() {
        statements.removeAll()
    }
}
