/// Why a backup was not made, or not put back: what is wrong, and what to do next. Whatever it was, the database is as it was.
public struct BackupError: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no such file.
        case notFound = "backup-not-found"
        /// The file fails its checks: it is damaged, or no database.
        case unsound = "backup-unsound"
        /// There is a file of that name, and it stays.
        case alreadyExists = "backup-exists"
        /// The file is the database itself.
        case isTheDatabase = "backup-is-the-database"
        /// A log lies beside the file, so the file alone is not the whole of it.
        case hasLog = "backup-has-log"
        /// Another process has the database open.
        case databaseHeld = "database-held"
        /// The database that a backup was to be made of is damaged.
        case databaseFailed = "database-failed"
        case storageFull = "storage-full"
        case cancelled
        /// Anything else: ``BackupError/cause`` has it.
        case failed = "backup-failed"
    }

    public let code: Code
    /// A sentence: what is wrong.
    public let message: String
    /// A sentence: what to do next.
    public let recovery: String
    /// The database's own error, for code.
    public var cause: DatabaseError?

    public init(_ code: Code, _ message: String, recovery: String, cause: DatabaseError? = nil) {
        self.code = code
        self.message = message
        self.recovery = recovery
        self.cause = cause
    }
}

extension BackupError: CustomStringConvertible {
    public var description: String { "error: \(message) [\(code.rawValue)]\n  next: \(recovery)" }
}

extension BackupError {
    /// There is no backup to be made of a damaged database: what helps is an older one.
    init(damaged database: String, _ cause: DatabaseError) {
        self.init(
            .databaseFailed,
            "the database file \(database) is damaged: \(cause.message)",
            recovery:
                "see what is wrong with it (parley backup verify \(database)), choose a backup (parley backup list --database \(database)), "
                + "and put it back (parley backup restore BACKUP --database \(database))",
            cause: cause
        )
    }

    /// Whatever went wrong during `action`, such as "make the backup x".
    init(_ error: any Error, _ action: String) {
        switch error {
        case let error as BackupError: self = error
        case let error as DatabaseError: self.init(error, action)
        case is CancellationError: self.init(.cancelled, "told to stop before it could \(action)", recovery: "do it again")
        default: self.init(.failed, "cannot \(action): \(error)", recovery: "do it again")
        }
    }

    private init(_ error: DatabaseError, _ action: String) {
        let (code, message, recovery): (Code, String, String) =
            switch error.code {
            case .storageFull: (.storageFull, "there is no room to \(action)", "free some space and do it again")
            case .interrupted: (.cancelled, "told to stop before it could \(action)", "do it again")
            case .heldByAnotherProcess: (.databaseHeld, error.message, "do it again when that process has ended")
            case .busy: (.databaseHeld, "cannot \(action): another program has the database open", "stop that program and do it again")
            case .readOnly: (.failed, "cannot \(action): \(error.message)", "do it as a user who may write the file and its directory")
            default: (.failed, "cannot \(action): \(error.message)", "check the path, the disk and the permissions, and do it again")
            }
        self.init(code, message, recovery: recovery, cause: error)
    }
}
