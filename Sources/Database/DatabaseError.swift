/// What went wrong in a database: a code to branch on, a message for people, the statement that failed. Never the values bound to it.
public struct DatabaseError: Error, Sendable, Hashable {
    /// The meaning of an error, the same for every engine.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The statement does not parse, or names what does not exist.
        case invalidStatement
        /// A script held a statement that its rules forbid (``ScriptRules``).
        case forbiddenStatement
        case uniqueViolation, foreignKeyViolation, checkViolation, notNullViolation, otherConstraintViolation
        /// Another connection or process holds a lock; trying again may succeed.
        case busy
        /// The process named in the message holds the database's lock file.
        case heldByAnotherProcess
        /// The statement was cancelled.
        case interrupted
        /// The time that a scan or a schema session was given has passed, or would have before the scan was done.
        case timedOut
        /// The disk, or the quota, is full.
        case storageFull
        /// Reading, writing or flushing the file failed.
        case ioFailure
        case corrupt, notADatabase
        /// The file, or what belongs to it, was moved, removed or replaced while it was open: what is written now would be lost.
        case replaced
        /// A write where only reads are allowed: a read session, a read-only file or directory.
        case readOnly
        case cannotOpen
        /// The value or the statement is larger than the engine takes.
        case tooBig
        case outOfMemory
        /// The database has been closed.
        case closed
        case other
    }

    public let code: Code
    /// The engine's own number (SQLite: the extended result code, <https://www.sqlite.org/rescode.html>); 0 where it has none.
    public let engineCode: Int
    /// One sentence in the engine's words; it may quote the schema and the statement, so it is for operators, not for anonymous callers.
    public let message: String
    /// The statement that failed, with its placeholders.
    public let sql: String?

    public init(_ code: Code, engineCode: Int = 0, _ message: String, sql: String? = nil) {
        self.code = code
        self.engineCode = engineCode
        self.message = message
        self.sql = sql
    }

    /// Whether the statement broke a constraint of the schema, whichever it was.
    public var isConstraintViolation: Bool {
        switch code {
        case .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .otherConstraintViolation: true
        default: false
        }
    }
}

extension DatabaseError {
    /// The database is closed.
    public static let closed = DatabaseError(.closed, "the database is closed")

    /// The transaction was ended behind the engine's back.
    public static let transactionLost = DatabaseError(
        .other,
        "the transaction was ended inside its body; the engine begins and commits, a body does neither"
    )
}

extension DatabaseError: CustomStringConvertible {
    public var description: String {
        let number = engineCode == 0 ? "" : " \(engineCode)"
        return "\(message) (\(code.rawValue)\(number))" + (sql.map { " in: \($0)" } ?? "")
    }
}
