/// How a schema session is opened.
public struct SchemaSessionOptions: Sendable {
    /// How long the whole session may take; nil for no limit. When it has passed, the running statement fails with
    /// ``DatabaseError/Code/timedOut``.
    public var timeout: Duration?
    /// How long to wait for another process's lock before ``DatabaseError/Code/busy``.
    public var lockTimeout: Duration
    /// Called once a wait for another process's lock begins.
    public var onLockWait: @Sendable () -> Void

    public init(
        timeout: Duration? = nil,
        lockTimeout: Duration = .seconds(60),
        onLockWait: @escaping @Sendable () -> Void = {}
    ) {
        self.timeout = timeout
        self.lockTimeout = lockTimeout
        self.onLockWait = onLockWait
    }
}

/// The session that changes schemas. Foreign keys are not enforced in it, so that tables can be rebuilt
/// (<https://www.sqlite.org/lang_altertable.html#otheralter>): ``foreignKeyViolations()`` tells what a change has broken.
public protocol SchemaSession: Session {
    /// Runs `body` in a transaction that keeps every other writer out from its first moment.
    ///
    /// - Throws: ``DatabaseError``, or what `body` throws; the transaction is rolled back then.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result

    /// Runs a script, statement by statement, inside the open transaction.
    ///
    /// - Parameter onStatement: called with each statement before it runs.
    /// - Throws: ``ScriptError`` at the first statement that fails or is forbidden.
    func run(_ script: Script, rules: ScriptRules, onStatement: (ScriptStatement) -> Void) throws(ScriptError)

    /// Runs the one statement of a script outside of any transaction, for what cannot run inside of one, such as SQLite's VACUUM.
    ///
    /// - Throws: ``ScriptError`` when it fails, when there is another statement, or when doing it twice could do harm: a process that is killed
    ///   before it has recorded the script does it again.
    func runAlone(_ script: Script, onStatement: (ScriptStatement) -> Void) throws(ScriptError)

    /// Rows whose parent is missing, counted for each foreign key. A key that does not fit its parent table counts once.
    func foreignKeyViolations() throws -> [ForeignKey: Int]

    /// What the rows of a table have to be; without columns where there is no such table.
    func shape(of table: String) throws -> TableShape

    /// Makes everything committed so far durable.
    func checkpoint() throws
}

/// A foreign key by the table that has it, its columns there, and the table it refers to.
public struct ForeignKey: Sendable, Hashable {
    public let table: String
    /// Empty for a key that does not fit: what it refers to is not unique in the parent, so no row of the table can be checked.
    public let columns: [String]
    public let parent: String

    public init(table: String, columns: [String], parent: String) {
        self.table = table
        self.columns = columns
        self.parent = parent
    }
}
