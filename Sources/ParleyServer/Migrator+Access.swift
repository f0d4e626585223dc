import Database
import Migrations

/// How the commands get at a database that has to be there: a wrong path is no empty database, which would agree with everything.
extension Migrator {
    /// Lends the database, opened so that nothing in it can change; a running server is not disturbed.
    func inspecting<Result>(_ body: (SQLiteDatabase) async throws -> Result) async throws -> Result {
        try requireFile()
        return try await explainingReadOnly { try await reading(body) }
    }

    /// Runs `body`, which only reads, and says why even that has to write something beside the database.
    func explainingReadOnly<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch  where error.isReadOnly { throw whyReadingWrites }
    }

    private var whyReadingWrites: DatabaseError {
        let path = settings.databasePath
        guard !FilePresence.exists(path + "-journal") else {
            return DatabaseError(
                .readOnly,
                "a process that was killed has left a write half done in \(path)-journal, which only a writer can take back; "
                    + "let the program that writes this database open it once"
            )
        }
        return DatabaseError(
            .readOnly,
            "the directory of \(path) may not be written, and whoever reads a database with a write-ahead log makes files beside it; "
                + "do it as a user who may write there, such as that of the server"
        )
    }

    /// Lends the database to be written, with the file lock; `onWait` is told what it waits for when another process has that.
    func holding<Result>(onWait: (String) -> Void, _ body: (SQLiteDatabase) async throws -> Result) async throws -> Result {
        try requireFile()
        let opened = try await OpenedDatabase.open(settings, readers: 1, logger: logger, until: .now + settings.lockTimeout) {
            onWait($0.text)
        }
        defer { withExtendedLifetime(opened) {} }
        return try await opened.database.lent(to: body)
    }

    /// Lends an empty database that is gone afterwards.
    func withScratch<Result>(_ body: (SQLiteDatabase) async throws -> Result) async throws -> Result {
        try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: logger).lent(to: body)
    }

    private func requireFile() throws(DatabaseError) {
        guard case .file(let path) = settings.database else {
            throw DatabaseError(.cannotOpen, "a database in memory is empty when a command begins; name a file with --database")
        }
        guard !isMissing else { throw DatabaseError(.cannotOpen, "\(path) does not exist; name the right file with --database") }
    }
}

extension Error {
    /// Whether something had to be written where only reading was asked for: SQLite says so of a rollback journal that a killed process has left.
    fileprivate var isReadOnly: Bool {
        switch self {
        case let error as DatabaseError: error.code == .readOnly
        case let failure as MigrationFailure: failure.errors.contains { $0.cause?.code == .readOnly }
        default: false
        }
    }
}
