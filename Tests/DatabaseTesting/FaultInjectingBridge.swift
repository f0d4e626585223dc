public import Database
import Synchronization

/// A bridge that fails on demand, for errors that are hard to cause: it passes everything on to another bridge, except the statements that
/// a fault names.
public final class FaultInjectingBridge: DatabaseBridge {
    private let base: any DatabaseBridge
    private let faults = FaultPlan()
    private let hasNoTime = Atomic<Bool>(false)
    private let intrusion = Mutex<(@Sendable () async throws -> Void)?>(nil)

    public init(_ base: any DatabaseBridge) {
        self.base = base
    }

    /// From now on, each statement that contains `text` (a commit contains `COMMIT`) fails with `error`; nil heals it.
    public func fail(statementsContaining text: String, with error: DatabaseError?) {
        faults.set(text, error)
    }

    /// From now on, each scan that has a time limit has reached it before it begins, as behind many others.
    public func letScansTimeOut() {
        hasNoTime.store(true, ordering: .relaxed)
    }

    /// Before the next backup, `body` runs: what another process does at that moment.
    public func beforeBackup(_ body: @escaping @Sendable () async throws -> Void) {
        intrusion.withLock { $0 = body }
    }

    public var isConnected: Bool { base.isConnected && faults.error(for: "PING") == nil }

    public func read<Result: Sendable>(_ body: @Sendable (any Session) throws -> Result) async throws -> Result {
        try await base.read { [faults] session in try body(FaultInjectingSession(session, faults)) }
    }

    public func scan<Result: Sendable>(
        timeout: Duration?,
        _ body: @escaping @Sendable (any Session) throws -> Result
    ) async throws -> Result {
        let timeout = timeout.map { hasNoTime.load(ordering: .relaxed) ? .zero : $0 }
        return try await base.scan(timeout: timeout) { [faults] session in try body(FaultInjectingSession(session, faults)) }
    }

    public func write<Result: Sendable>(_ body: @escaping @Sendable (any Session) throws -> Result) async throws -> Result {
        try await base.write { [faults] session in
            let result = try body(FaultInjectingSession(session, faults))
            if let error = faults.error(for: "COMMIT") { throw error }
            return result
        }
    }

    public func withSchemaSession<Result: Sendable>(
        _ options: SchemaSessionOptions,
        _ body: @escaping @Sendable (any SchemaSession) throws -> Result
    ) async throws -> Result {
        try await base.withSchemaSession(options) { [faults] session in try body(FaultInjectingSchemaSession(session, faults)) }
    }

    public func backup(to path: String) async throws {
        if let error = faults.error(for: "BACKUP") { throw error }
        try await intrusion.withLock { $0.take() }?()
        try await base.backup(to: path)
    }

    public func size() async throws -> Int { try await base.size() }

    public var statistics: DatabaseStatistics {
        var statistics = base.statistics
        if faults.error(for: "FILE") != nil { statistics.file = .init(isInPlace: false) }
        if faults.error(for: "ROOM") != nil { statistics.file = .init(freeBytes: 0, isInPlace: true) }
        return statistics
    }

    public func checkStorage() async throws {
        if let error = faults.error(for: "COMMIT") { throw error }
        try await base.checkStorage()
    }

    public func close() async throws { try await base.close() }
}

/// Which statements fail, and how.
final class FaultPlan: Sendable {
    private let faults = Mutex<[String: DatabaseError]>([:])

    func set(_ text: String, _ error: DatabaseError?) {
        faults.withLock { $0[text] = error }
    }

    func error(for sql: String) -> DatabaseError? {
        faults.withLock { faults in faults.first { sql.contains($0.key) }?.value }
    }
}

private class FaultInjectingSession: Session {
    private let base: any Session
    let faults: FaultPlan

    init(_ base: any Session, _ faults: FaultPlan) {
        self.base = base
        self.faults = faults
    }

    func execute(_ sql: String, _ arguments: [Value]) throws(DatabaseError) -> Int {
        if let error = faults.error(for: sql) { throw error }
        return try base.execute(sql, arguments)
    }

    func forEachRow(of sql: String, _ arguments: [Value], _ body: (borrowing Row) throws -> Bool) throws {
        if let error = faults.error(for: sql) { throw error }
        try base.forEachRow(of: sql, arguments, body)
    }

    func columns(of table: String) throws -> [String] {
        if let error = faults.error(for: "COLUMNS") { throw error }
        return try base.columns(of: table)
    }

    func schemaObjects() throws -> [SchemaObject] {
        if let error = faults.error(for: "SCHEMA") { throw error }
        return try base.schemaObjects()
    }
}

private final class FaultInjectingSchemaSession: FaultInjectingSession, SchemaSession {
    private let schema: any SchemaSession

    init(_ schema: any SchemaSession, _ faults: FaultPlan) {
        self.schema = schema
        super.init(schema, faults)
    }

    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try schema.transaction {
            let result = try body()
            if let error = faults.error(for: "COMMIT") { throw error }
            return result
        }
    }

    func run(_ script: Script, rules: ScriptRules, onStatement: (ScriptStatement) -> Void) throws(ScriptError) {
        try schema.run(script, rules: rules, onStatement: onStatement)
    }

    func runAlone(_ script: Script, onStatement: (ScriptStatement) -> Void) throws(ScriptError) {
        try schema.runAlone(script, onStatement: onStatement)
    }

    func shape(of table: String) throws -> TableShape {
        if let error = faults.error(for: "SHAPE") { throw error }
        return try schema.shape(of: table)
    }

    func foreignKeyViolations() throws -> [ForeignKey: Int] { try schema.foreignKeyViolations() }

    func checkpoint() throws {
        if let error = faults.error(for: "CHECKPOINT") { throw error }
        try schema.checkpoint()
    }
}
