public import Database

/// One thing that is wrong with a migration: what, where, and what to do next.
public struct MigrationError: Error, Sendable, Hashable {
    /// What is wrong, for code to branch on; each has one meaning. The article <doc:FailureModes> says what to do about each.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The migrations directory is not there, or may not be read.
        case directoryUnreadable = "directory-unreadable"
        /// An entry looks like a migration, and its name is not that of one.
        case invalidFilename = "invalid-filename"
        /// Two files have one number.
        case duplicateNumber = "duplicate-number"
        /// A file is not a regular file, or may not be read.
        case fileUnreadable = "file-unreadable"
        /// A file is not UTF-8, or has a NUL byte in it.
        case invalidEncoding = "invalid-encoding"
        /// A string, quoted name or comment has no end.
        case unterminatedToken = "unterminated-token"
        /// A comment begins with `-- parley:`, and is no directive or stands at the wrong place.
        case unknownDirective = "unknown-directive"
        /// A file has nothing but white space and comments in it.
        case noStatement = "no-statement"
        /// There is no file with the number that was asked for.
        case unknownVersion = "unknown-version"
        /// An applied file was edited.
        case checksumMismatch = "checksum-mismatch"
        /// An applied file is gone.
        case missingFile = "missing-file"
        /// An applied file has another name now.
        case renamedFile = "renamed-file"
        /// A file is pending, although one with a higher number is applied.
        case outOfOrder = "out-of-order"
        /// The database has migrations that are newer than every file.
        case schemaAhead = "schema-ahead"
        /// The table `migrations` is not the record of this engine.
        case foreignRecord = "foreign-record"
        /// The script does what no script may, such as to end its transaction.
        case forbiddenStatement = "forbidden-statement"
        /// The database refuses a statement.
        case statementFailed = "statement-failed"
        /// The script has left rows without a parent.
        case foreignKeyViolation = "foreign-key-violation"
        /// The migration has been recorded before.
        case alreadyRecorded = "already-recorded"
        /// The record of the migration could not be written.
        case recordNotWritten = "record-not-written"
        /// A baseline was asked for, and migrations are recorded already.
        case recordNotEmpty = "record-not-empty"
        /// The record, the files or the schema have changed since a repair was shown.
        case recordChanged = "record-changed"
        /// Another process held its lock for too long.
        case databaseBusy = "database-busy"
        /// The database cannot be read or written.
        case databaseFailed = "database-failed"
        /// There is no room to write.
        case storageFull = "storage-full"
        /// The backup before the run could not be made.
        case backupFailed = "backup-failed"
        /// A new file could not be written.
        case fileNotWritten = "file-not-written"
        /// The database that was given to replay the files in has something in it.
        case scratchNotEmpty = "scratch-not-empty"
        /// The migrations have not made the table that a program is for.
        case tableMissing = "table-missing"
        /// The run took longer than its limit.
        case timedOut = "timed-out"
        /// The task of the run was cancelled.
        case cancelled
    }

    /// What is wrong, for code to branch on.
    public let code: Code
    /// What the engine was doing.
    public let operation: MigrationOperation
    /// The file concerned; nil where it is none in particular.
    public let filename: String?
    /// A sentence: what is wrong.
    public let message: String
    /// A sentence: what to do next.
    public let recovery: String
    /// The place in the file, and the path that leads there.
    public var location: SourceLocation?
    /// The number of the statement in the file, from 1.
    public var statement: Int?
    /// The database's own error, for code; its message is in ``message`` where it helps.
    public var cause: DatabaseError?

    /// An error of a file, or of none in particular.
    public init(_ code: Code, _ operation: MigrationOperation, filename: String? = nil, _ message: String, recovery: String) {
        self.code = code
        self.operation = operation
        self.filename = filename
        self.message = message
        self.recovery = recovery
    }
}

extension MigrationError {
    /// The same error in other words.
    package func replacing(message: String? = nil, recovery: String) -> MigrationError {
        var error = MigrationError(code, operation, filename: filename, message ?? self.message, recovery: recovery)
        (error.location, error.statement, error.cause) = (location, statement, cause)
        return error
    }
}

extension MigrationError: CustomStringConvertible {
    /// `007_x.sql:40:12: error: no such column: titel`, and the next step.
    public var description: String {
        let place = [filename, location.map { "\($0.line):\($0.column)" }].compactMap(\.self).joined(separator: ":")
        return (place.isEmpty ? "" : place + ": ") + "error: \(message) [\(code.rawValue)]; \(recovery)"
    }
}

/// Why a run did not reach its end. Everything that can be known before the first statement is reported together.
public struct MigrationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one.
    public let errors: [MigrationError]
    /// The files that this run applied before it failed; they stay applied.
    public let applied: [String]
    /// The path of the backup that was made before the run; nil where there is none.
    public var backup: String?
    /// The path of the database that the backup was made of; nil where there is no backup.
    public var database: String?

    /// A failure of a run that has applied some files before, or none.
    public init(_ errors: [MigrationError], applied: [String] = [], backup: String? = nil) {
        self.errors = errors
        self.applied = applied
        self.backup = backup
    }

    /// A line for each error; ``diagnosis(directory:)`` has the lines of the files as well.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
