/// The seam between Parley and a database engine.
///
/// Everything above speaks to this protocol; ``SQLiteDatabase`` is the first engine behind it. It is asynchronous, so that an engine
/// on the network fits, but an engine may answer without suspending, as SQLite does for reads.
///
/// ```swift
/// let title = try await database.read { session in
///     try session.first("SELECT title FROM conversations WHERE id = ?", [.text(id)]) { $0.text(0) }
/// }
/// ```
public protocol DatabaseBridge: Sendable {
    /// Runs `body` against one consistent snapshot, which has every write of this bridge that has returned.
    ///
    /// - Throws: ``DatabaseError`` (``DatabaseError/Code/readOnly`` if `body` tries to write), or what `body` throws.
    func read<Result: Sendable>(_ body: @Sendable (any Session) throws -> Result) async throws -> Result

    /// Runs `body` like ``read(_:)``, for a read that may look at many rows: it suspends its caller, whose thread goes on with other work.
    ///
    /// The snapshot lasts as long as `body` does. What writes meanwhile is not held up, but the engine has to keep what the snapshot
    /// sees: an export of everything is many short scans, not one long one. The function `contains_folded(text, part)` tells whether a text
    /// has another one in it, whatever the case of their letters is.
    ///
    /// - Parameter timeout: how long it may take, the wait for its turn included; nil for no limit. Where so many wait that it would be over before this
    ///   one was done, an engine may refuse it at once.
    /// - Throws: ``DatabaseError`` (``DatabaseError/Code/timedOut`` after `timeout`, ``DatabaseError/Code/interrupted`` when the task is
    ///   cancelled, ``DatabaseError/Code/readOnly`` if `body` tries to write), or what `body` throws.
    func scan<Result: Sendable>(
        timeout: Duration?,
        _ body: @escaping @Sendable (any Session) throws -> Result
    ) async throws -> Result

    /// Runs `body` in a transaction. When this returns, the change is durable; when it throws, nothing has changed.
    ///
    /// An engine may put several bodies into one transaction, and may run a body again when another one made that transaction fail:
    /// a body acts on nothing but its session. A task that is cancelled before its body has started gets `CancellationError`.
    func write<Result: Sendable>(_ body: @escaping @Sendable (any Session) throws -> Result) async throws -> Result

    /// Runs `body` with the one session that may change the schema. No write of this bridge runs beside it.
    ///
    /// Cancelling the task interrupts the running statement: the open transaction is rolled back.
    func withSchemaSession<Result: Sendable>(
        _ options: SchemaSessionOptions,
        _ body: @escaping @Sendable (any SchemaSession) throws -> Result
    ) async throws -> Result

    /// Writes a verified, durable copy to `path`, which appears there only when it is complete.
    func backup(to path: String) async throws

    /// The bytes that the database occupies, its log included.
    func size() async throws -> Int

    /// What can be told without a look into the database: cheap enough for every probe and every scrape.
    var statistics: DatabaseStatistics { get }

    /// Makes sure that a write would find room and a disk that works, by trying; nothing changes.
    func checkStorage() async throws

    /// Finishes what is queued, makes it durable and lets go of the database. Closing twice is fine.
    func close() async throws

    /// Whether the database is open.
    var isConnected: Bool { get }
}

extension DatabaseBridge {
    /// Every row of one query, made into an element by `element`.
    public func query<Element: Sendable>(
        _ sql: String,
        _ arguments: [Value] = [],
        _ element: @Sendable (borrowing Row) throws -> Element
    ) async throws -> [Element] {
        try await read { session in try session.rows(sql, arguments, element) }
    }

    /// Runs one statement in a transaction of its own and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ arguments: [Value] = []) async throws -> Int {
        try await write { session in try session.execute(sql, arguments) }
    }

    /// Runs `body` in a transaction: another name for ``write(_:)``.
    public func transaction<Result: Sendable>(
        _ body: @escaping @Sendable (any Session) throws -> Result
    ) async throws -> Result {
        try await write(body)
    }
}
