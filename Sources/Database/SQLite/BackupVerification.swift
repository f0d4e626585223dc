import Glibc

/// What a thorough look at a backup has found.
public struct BackupVerification: Sendable, Hashable {
    public let path: String
    public let bytes: Int
    /// What is wrong with the file, in SQLite's words, a hundred lines at most; empty for a sound one.
    public let faults: [String]
    /// Rows without a parent. The database had them when the backup was made: they are worth a repair, and no reason against the backup.
    public let orphans: Int
    /// How many tables, indexes, views and triggers there are.
    public let objects: Int

    public var isSound: Bool { faults.isEmpty }
}

extension BackupStore {
    /// Reads every page of a backup: its header, <https://www.sqlite.org/pragma.html#pragma_integrity_check>, and its foreign keys.
    ///
    /// - Throws: ``BackupError`` where the file cannot be read. What is wrong inside of it is in the result's `faults`.
    public static func verify(_ path: String) async throws(BackupError) -> BackupVerification {
        try await verify(path) { _ in }.verification
    }

    /// The same, and what `body` reads in a backup that is sound.
    public static func verify<Result: Sendable>(
        _ path: String,
        reading body: @escaping @Sendable (any Session) throws -> Result
    ) async throws(BackupError) -> (verification: BackupVerification, result: Result?) {
        do {
            return try await offPool {
                let verification = try BackupVerification(of: path)
                return (verification, verification.isSound ? try verification.read(body) : nil)
            }
        } catch {
            throw BackupError(error, "verify \(path)")
        }
    }
}

extension BackupVerification {
    init(of path: String) throws {
        let path = CanonicalPath.of(path)
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw FileDurability.error("cannot look at \(path)") }
            throw BackupError(.notFound, "there is no file \(path)", recovery: "\"parley backup list\" shows those that there are")
        }
        self.path = path
        bytes = Int(status.st_size)
        (faults, objects, orphans) = try Self.look(at: path)
    }

    private static func look(at path: String) throws -> (faults: [String], objects: Int, orphans: Int) {
        do {
            try DatabaseFileCheck.requireHeader(of: path)
            let connection = try Connection(path: path, access: access(to: path))
            return (try faults(in: connection), try connection.schemaObjects().count, try orphans(in: connection))
        } catch let error as DatabaseError where error.code == .notADatabase {
            return (["it is no SQLite database"], 0, 0)
        } catch let error as DatabaseError where error.code == .corrupt {
            return ([error.message], 0, 0)
        }
    }

    fileprivate func read<Result>(_ body: (any Session) throws -> Result) throws -> Result {
        try Connection(path: path, access: Self.access(to: path)).readTransaction(body)
    }

    private static func faults(in connection: Connection) throws -> [String] {
        let lines = try connection.rows("PRAGMA integrity_check(100)") { $0.text(0) }
        return lines == ["ok"] ? [] : lines
    }

    private static func orphans(in connection: Connection) throws -> Int {
        let interruption = Interruption(SchemaSessionOptions())
        return try connection.asSchemaSession(interruption) { session in try session.foreignKeyViolations().values.reduce(0, +) }
    }

    /// A file without a log beside it is open nowhere, or not in use with a log; to read it as one that does not change leaves nothing beside it.
    static func access(to path: String) -> Connection.Access {
        unsafe Glibc.access(path + "-wal", F_OK) == 0 || Glibc.access(path + "-journal", F_OK) == 0 ? .read : .readUnchanging
    }
}
