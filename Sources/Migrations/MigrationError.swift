public import Database

/// One thing that is wrong with a migration: what, where, and what to do next.
public struct MigrationError: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case directoryUnreadable = "directory-unreadable"
        case invalidFilename = "invalid-filename"
        case duplicateNumber = "duplicate-number"
        case fileUnreadable = "file-unreadable"
        case invalidEncoding = "invalid-encoding"
        case unterminatedToken = "unterminated-token"
        case unknownDirective = "unknown-directive"
        /// There is no file with the number that was asked for.
        case unknownVersion = "unknown-version"
        /// An applied file was edited.
        case checksumMismatch = "checksum-mismatch"
        /// An applied file is gone.
        case missingFile = "missing-file"
        /// An applied file has another name now.
        case renamedFile = "renamed-file"
        case outOfOrder = "out-of-order"
        /// The database has migrations that are newer than every file.
        case schemaAhead = "schema-ahead"
        /// The table `migrations` is not the record of this engine.
        case foreignRecord = "foreign-record"
        case forbiddenStatement = "forbidden-statement"
        case statementFailed = "statement-failed"
        case foreignKeyViolation = "foreign-key-violation"
        /// The migration has been recorded before.
        case alreadyRecorded = "already-recorded"
        /// The record of the migration could not be written.
        case recordNotWritten = "record-not-written"
        /// A baseline was asked for, and migrations are recorded already.
        case recordNotEmpty = "record-not-empty"
        /// The record or the files have changed since a repair was shown.
        case recordChanged = "record-changed"
        /// Another process held its lock for too long.
        case databaseBusy = "database-busy"
        case databaseFailed = "database-failed"
        case storageFull = "storage-full"
        /// The backup before the run could not be made.
        case backupFailed = "backup-failed"
        /// A new file could not be written.
        case fileNotWritten = "file-not-written"
        /// The database that was given to replay the files in has something in it.
        case scratchNotEmpty = "scratch-not-empty"
        case timedOut = "timed-out"
        case cancelled
    }

    public let code: Code
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

    public init(_ code: Code, _ operation: MigrationOperation, filename: String? = nil, _ message: String, recovery: String) {
        self.code = code
        self.operation = operation
        self.filename = filename
        self.message = message
        self.recovery = recovery
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

    public init(_ errors: [MigrationError], applied: [String] = [], backup: String? = nil) {
        self.errors = errors
        self.applied = applied
        self.backup = backup
    }

    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
