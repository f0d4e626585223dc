import CSQLite

/// The meaning of SQLite's result codes: <https://www.sqlite.org/rescode.html>.
enum ResultCode {
    /// The seam's code for an extended result code.
    static func meaning(of code: Int32) -> DatabaseError.Code {
        switch code {
        case extended(SQLITE_CONSTRAINT, 1): .checkViolation
        case extended(SQLITE_CONSTRAINT, 3): .foreignKeyViolation
        case extended(SQLITE_CONSTRAINT, 5): .notNullViolation
        case extended(SQLITE_CONSTRAINT, 6), extended(SQLITE_CONSTRAINT, 8), extended(SQLITE_CONSTRAINT, 10): .uniqueViolation
        default: meaning(ofPrimary: code & 0xff)
        }
    }

    /// There is a rollback journal to be used, and the connection may not write.
    static let readOnlyRollback = Int(extended(SQLITE_READONLY, 3))

    /// The extended codes are macros that compute with other macros, which Swift does not import.
    private static func extended(_ code: Int32, _ number: Int32) -> Int32 {
        code | number << 8
    }

    private static func meaning(ofPrimary code: Int32) -> DatabaseError.Code {
        switch code {
        case SQLITE_ERROR: .invalidStatement
        case SQLITE_AUTH: .forbiddenStatement
        case SQLITE_CONSTRAINT: .otherConstraintViolation
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_INTERRUPT: .interrupted
        case SQLITE_FULL: .storageFull
        case SQLITE_IOERR: .ioFailure
        case SQLITE_CORRUPT: .corrupt
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_CANTOPEN: .cannotOpen
        case SQLITE_TOOBIG: .tooBig
        case SQLITE_NOMEM: .outOfMemory
        default: .other
        }
    }
}
