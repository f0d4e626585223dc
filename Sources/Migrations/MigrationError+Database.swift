package import Database

extension MigrationError {
    /// What a database error means for a migration.
    package init(_ error: DatabaseError, _ operation: MigrationOperation, filename: String? = nil) {
        let (code, message, recovery) = Self.meaning(of: error)
        self.init(code, operation, filename: filename, message, recovery: recovery)
        cause = error
    }

    private static func meaning(of error: DatabaseError) -> (Code, String, recovery: String) {
        switch error.code {
        case .forbiddenStatement:
            (.forbiddenStatement, error.message, "change the file and run again")
        case .busy, .heldByAnotherProcess:
            (.databaseBusy, "another process holds the database: \(error.message)", "wait for it, or stop it, and run again")
        case .storageFull:
            (
                .storageFull, "there is no room to write: \(error.message)",
                "free some space and run again: the run continues where it stopped"
            )
        case .timedOut:
            (.timedOut, error.message, "give the run more time (--migration-timeout), or split the file")
        case .interrupted:
            (.cancelled, "the run was stopped", "run again: it continues with this file")
        case .readOnly:
            (.databaseFailed, "the database cannot be written: \(error.message)", "make the file and its directory writable for this user")
        case .corrupt:
            (
                .databaseFailed, "the database file is damaged: \(error.message)",
                "see what is wrong with it (parley backup verify FILE), choose a backup (parley backup list), and put it back (parley backup restore)"
            )
        case .ioFailure, .notADatabase, .replaced, .cannotOpen, .closed, .outOfMemory:
            (.databaseFailed, error.message, "check the disk and the file before the next run")
        default:
            (.statementFailed, error.message, "correct the file and run again: the run continues with it")
        }
    }
}
