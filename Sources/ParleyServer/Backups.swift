import Database
public import Logging
import Migrations

/// The backups of a database without a server: what `parley backup` does. A server may be running, except for a restore.
///
/// Every method throws ``ApplicationError``.
public struct Backups: Sendable {
    private let settings: Settings
    private let logger: Logger

    public init(settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Makes a backup beside the database, or at `path`, which must be free.
    public func create(at path: String?) async throws -> BackupCreation {
        try await mapped {
            let start = ContinuousClock.now
            let (store, file) = try store()
            let backup = try await openForReading(file).lent { database in
                if let path { try await store.create(at: path, of: database) } else { try await store.create(of: database) }
            }
            return BackupCreation(backup: backup, duration: .now - start)
        }
    }

    /// Those that are there, the newest first.
    public func list() async throws -> BackupList {
        try await mapped {
            let store = try store().store
            return BackupList(database: store.database, backups: try store.list())
        }
    }

    /// - Parameter name: a path, or `latest`.
    public func verify(_ name: String) async throws -> BackupFindings {
        try await mapped {
            let (verification, newest) = try await BackupStore.verify(try path(of: name)) { try MigrationTracking.newest(in: $0) }
            return BackupFindings(verification: verification, newestMigration: newest ?? nil)
        }
    }

    /// What ``restore(_:)`` would do, as a question. The backup is checked first: nobody is asked about one that cannot be used.
    public func restoreQuestion(_ name: String) async throws -> String {
        try await mapped {
            let (path, store) = (try path(of: name), try store().store)
            let (verification, newest) = try await BackupStore.verify(path) { try MigrationTracking.newest(in: $0) }
            guard verification.isSound else { throw BackupError(unsound: verification) }
            let made = try store.list().first { $0.path == verification.path }.map { "was made at \($0.time.rfc3339.prefix(19))Z; " } ?? ""
            let migration = (newest ?? nil) ?? "none"
            return "\(path) \(made)newest migration: \(migration).\nPut it in the place of \(store.database)? "
                + "What is there now, with every later change, is kept beside it."
        }
    }

    /// Puts a backup in the place of the database; what was there is kept beside it.
    ///
    /// - Parameter name: a path, or `latest`.
    public func restore(_ name: String) async throws -> BackupRestoration {
        try await mapped {
            let path = try path(of: name)
            let restoration = try await store().store.restore(from: path)
            return BackupRestoration(backup: path, restoration: restoration, pending: await pending())
        }
    }

    /// The files that the restored database has not seen; none where the directory of migrations is not known here.
    private func pending() async -> [String] {
        let plan = try? await Migrator(settings: settings, logger: logger).lookAtPlan()
        return plan?.pending.map(\.filename) ?? []
    }

    private func store() throws -> (store: BackupStore, file: String) {
        guard case .file(let path) = settings.database else {
            throw BackupError(.notFound, "a database in memory has no backups", recovery: "name a file with --database")
        }
        return (BackupStore(database: path), path)
    }

    private func path(of name: String) throws -> String {
        guard name == "latest" else {
            guard FilePresence.exists(name) else {
                throw BackupError(
                    .notFound,
                    "there is no file \(name)",
                    recovery: "\"parley backup list\" shows the backups that there are"
                )
            }
            return name
        }
        let store = try store().store
        guard let newest = try store.list().first else {
            throw BackupError(.notFound, "\(store.database) has no backups", recovery: "make one with \"parley backup create\"")
        }
        return newest.path
    }

    private func openForReading(_ path: String) async throws -> SQLiteDatabase {
        try DatabaseFileCheck.require(path)
        guard FilePresence.exists(path) else {
            throw BackupError(.notFound, "there is no database \(path)", recovery: "name the database with --database")
        }
        return try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), isReadOnly: true), logger: logger)
    }

    private func mapped<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw ApplicationError(error, settings) ?? error }
    }
}
