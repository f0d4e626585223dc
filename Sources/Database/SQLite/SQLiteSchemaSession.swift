import CSQLite

/// The session that migrations run in: a connection of its own, with foreign keys off and cheap commits until ``checkpoint()``.
final class SQLiteSchemaSession: SchemaSession {
    private let connection: Connection
    private let interruption: Interruption
    /// Whether any table can have foreign keys, as of a version of the data: <https://www.sqlite.org/pragma.html#pragma_data_version>.
    var foreignKeys: (version: Int?, arePossible: Bool)?

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
        if let reason = interruption.reason { throw reason }
        do {
            // What a script may switch on for itself must not outlast it.
            try connection.execute("PRAGMA legacy_alter_table = OFF")
            return try connection.writeTransaction { _ in try body() }
        } catch let error as DatabaseError {
            throw explained(error)
        }
    }

    func schemaObjects() throws -> [SchemaObject] {
        do { return try connection.schemaObjects() } catch let error as DatabaseError { throw explained(error) }
    }

    func shape(of table: String) throws -> TableShape {
        do { return try connection.shape(of: table) } catch let error as DatabaseError { throw explained(error) }
    }

    func runAlone(_ script: Script, onStatement: (ScriptStatement) -> Void) throws(ScriptError) {
        let scriptGuard = ScriptGuard(nil)
        let runner = ScriptRunner(connection: connection, scriptGuard: scriptGuard, interruption: interruption)
        try connection.guarded(by: scriptGuard) { () throws(ScriptError) in try runner.runAlone(script, onStatement: onStatement) }
    }

    func run(_ script: Script, rules: ScriptRules, onStatement: (ScriptStatement) -> Void) throws(ScriptError) {
        if foreignKeys?.arePossible == false, script.mentionsReferences { foreignKeys = nil }
        let scriptGuard = ScriptGuard(rules)
        let runner = ScriptRunner(connection: connection, scriptGuard: scriptGuard, interruption: interruption)
        try connection.guarded(by: scriptGuard) { () throws(ScriptError) in try runner.run(script, onStatement: onStatement) }
        if scriptGuard.makesTemporaryObjects { try dropTemporaryObjects() }
    }

    func checkpoint() throws {
        let isIncomplete = try connection.impatiently(interruption) {
            try connection.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.integer(0) != 0 } ?? false
        }
        // A reader elsewhere still needs the old pages; then the log, which has the new ones, is made durable itself.
        if isIncomplete { try FileDurability.flushWithDirectory(connection.filename + "-wal") }
    }

    /// The next script must find what it would find if it ran alone, on another day.
    private func dropTemporaryObjects() throws(ScriptError) {
        do {
            let drops = try connection.rows(Self.dropStatements) { $0.text(0) }
            for drop in drops { try connection.execute(drop) }
        } catch {
            let cause = error as? DatabaseError ?? .transactionLost
            throw ScriptError(statement: 0, offset: 0, cause: cause)
        }
    }

    /// Tables last: they take their triggers and indexes along.
    private static let dropStatements = """
        SELECT format('DROP %s IF EXISTS temp."%w"', type, name) FROM sqlite_temp_schema
        WHERE type IN ('trigger', 'view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC
        """

    /// A wait for a lock that was cut short is reported as what cut it short.
    private func explained(_ error: DatabaseError) -> DatabaseError {
        guard error.code == .busy || error.code == .interrupted else { return error }
        return interruption.reason ?? error
    }
}
