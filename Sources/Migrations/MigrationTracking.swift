public import Database
public import Logging

/// The record of applied migrations: the table `migrations`.
public struct MigrationTracking: Sendable {
    private let database: any DatabaseBridge
    private let logger: Logger

    /// The record in a database, whether or not it has one yet.
    public init(database: any DatabaseBridge, logger: Logger = Logger(label: "parley.migrations")) {
        self.database = database
        self.logger = logger
    }

    /// Creates the table where there is none.
    public func ensureMigrationsTable() async throws(MigrationError) {
        try await perform("create the migrations table", .initialize) {
            try await database.write { session in try MigrationRecord.ensure(in: session) }
        }
    }

    /// Every applied migration, in the order in which they were applied; none where the table does not exist.
    public func appliedMigrations() async throws(MigrationError) -> [AppliedMigration] {
        try await perform("read the applied migrations", .initialize) {
            try await database.read { session in try MigrationRecord.applied(in: session) }
        }
    }

    /// The applied migration with the highest number; nil where there is none, or where the record is another program's.
    package static func newest(in session: any Session) throws -> String? {
        do {
            return try MigrationRecord.applied(in: session).map(\.filename).max { first, second in
                (MigrationFile.number(of: first), first) < (MigrationFile.number(of: second), second)
            }
        } catch is MigrationError {
            return nil
        }
    }

    /// Whether the file has still to be applied.
    public func isPending(_ filename: String) async throws(MigrationError) -> Bool {
        try await perform("look a migration up", .validate, filename: filename) {
            try await database.read { session in try MigrationRecord.isPending(filename, in: session) }
        }
    }

    /// Records a migration as applied at this moment.
    ///
    /// - Throws: `already-recorded` for a file that has a row, `invalid-filename` for an empty name.
    public func recordMigration(filename: String, checksum: String? = nil) async throws(MigrationError) {
        guard !filename.isEmpty else {
            let (message, recovery) = ("a migration without a name cannot be recorded", "give the name of its file")
            throw MigrationError(.invalidFilename, .apply, message, recovery: recovery)
        }
        try await perform("record a migration", .apply, filename: filename) {
            try await database.write { session in _ = try MigrationRecord.insert(filename, checksum, in: session) }
        }
    }

    private func perform<Result>(
        _ action: String,
        _ operation: MigrationOperation,
        filename: String? = nil,
        _ body: () async throws -> Result
    ) async throws(MigrationError) -> Result {
        let metadata: Logger.Metadata = filename.map { ["migration": "\($0)"] } ?? [:]
        do {
            let result = try await body()
            logger.debug("migration record: \(action)", metadata: metadata)
            return result
        } catch {
            let error = MigrationError(recording: error, operation, filename: filename)
            logger.error("migration record: cannot \(action)", metadata: metadata.merging(["code": "\(error.code.rawValue)"]) { $1 })
            throw error
        }
    }
}

extension MigrationError {
    fileprivate init(recording error: any Error, _ operation: MigrationOperation, filename: String?) {
        switch error {
        case let error as MigrationError:
            self = error
        case let error as DatabaseError where error.code == .uniqueViolation:
            self.init(
                .alreadyRecorded,
                operation,
                filename: filename,
                "the migration is recorded already",
                recovery: "nothing has to be done"
            )
            cause = error
        default:
            self.init(any: error, operation, filename: filename)
        }
    }
}
