import CSQLite

/// The session that migrations run in: a connection of its own, with foreign keys off and cheap commits until ``checkpoint()``.
final class SQLiteSchemaSession: SchemaSession {
    private let connection: Connection
    private let interruption: Interruption

    init(_ connection: Connection, _ interruption: Interruption) {
        self.connection = connection
        self.interruption = interruption
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [Value]) throws(DatabaseError) -> Int {
        do { return try connection.execute(sql, arguments) } catch { throw explained(error) }
    }

    func forEachRow(of sql: String, _ arguments: [Value], _ body: (borrowing Row) throws -> Bool) throws {
        do { try connection.forEachRow(of: sql, arguments, body) } catch let error as DatabaseError { throw explained(error) }
    }

    func columns(of table: String) throws -> [String] {
        do { return try connection.columns(of: table) } catch let error as DatabaseError { throw explained(error) }
    }

    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            // What a script may switch on for itself must not outlast it.
            try connection.execute("PRAGMA legacy_alter_table = OFF")
            return try connection.writeTransaction { _ in try body() }
        } catch let error as DatabaseError {
            throw explained(error)
        }
    }

    func run(_ script: Script, rules: ScriptRules, onStatement: (Int) -> Void) throws(ScriptError) {
        let scriptGuard = ScriptGuard(rules)
        let runner = ScriptRunner(connection: connection, scriptGuard: scriptGuard, interruption: interruption)
        try connection.guarded(by: scriptGuard) { () throws(ScriptError) in try runner.run(script, onStatement: onStatement) }
    }

    func foreignKeyViolations() throws -> [ForeignKey: Int] {
        var violations: [ForeignKey: Int] = [:]
        // https://www.sqlite.org/pragma.html#pragma_foreign_key_check: child table, rowid, parent table, number of the key
        try forEachRow(of: "PRAGMA foreign_key_check", []) { row in
            violations[ForeignKey(table: row.text(0), parent: row.text(2), number: row.integer(3)), default: 0] += 1
            return true
        }
        return violations
    }

    func checkpoint() throws(DatabaseError) {
        try execute("PRAGMA wal_checkpoint(TRUNCATE)", [])
    }

    /// A wait for a lock that was cut short is reported as what cut it short.
    private func explained(_ error: DatabaseError) -> DatabaseError {
        guard error.code == .busy || error.code == .interrupted else { return error }
        return interruption.reason ?? error
    }
}
