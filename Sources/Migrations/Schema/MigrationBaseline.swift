public import Database

/// Begins the record of a database that was made without one: by hand, by another tool, or by a dump.
///
/// Files are recorded as applied only where a replay of them makes the very schema that the database has.
///
/// ```swift
/// let baseline = try await MigrationBaseline(directory: "migrations", upTo: 3, scratch: scratch)
/// let differences = try await baseline.adopt(database)  // empty: it is recorded
/// ```
public struct MigrationBaseline: Sendable {
    /// The files that it records, by number.
    public let files: [String]
    /// The files behind those: they stay pending.
    public let remaining: [String]
    private let checksums: [String: String]
    private let expected: SchemaSnapshot
    private let ignored: [String]

    /// Replays the files up to a number; no database but the scratch one is touched.
    ///
    /// - Parameters:
    ///   - directory: the migrations directory.
    ///   - target: the number of the last file to record; nil for all of them.
    ///   - scratch: an empty database of the same engine, such as one in memory; it is filled.
    ///   - ignored: tables and views to leave out of the comparison, such as the record of another tool.
    /// - Throws: ``MigrationFailure``: a file cannot be used or replayed, there is none with that number.
    public init(
        directory: String,
        upTo target: Int?,
        scratch: any DatabaseBridge,
        ignoring ignored: [String] = []
    ) async throws(MigrationFailure) {
        let service = MigrationService(database: scratch, directory: directory, options: MigrationOptions(target: target))
        let plan = try service.plan(for: [])
        guard plan.errors.isEmpty else { throw MigrationFailure(plan.errors) }
        guard !plan.pending.isEmpty else { throw MigrationFailure([Self.nothingToRecord(directory)]) }
        // With nothing applied, every file is pending, and the first of them are those up to the target.
        let replayed = Array(plan.files.prefix(plan.pending.count))
        let schema = try await MigrationReplay(discovery: MigrationDiscovery(directory: directory)).schema(of: replayed, in: scratch)
        files = plan.pending.map(\.filename)
        remaining = plan.entries.dropFirst(plan.pending.count).map(\.filename)
        checksums = plan.pendingChecksums
        expected = schema.without(ignored)
        self.ignored = ignored
    }

    /// What the database has other than the files make it; empty where it can be adopted. Reads only.
    ///
    /// - Throws: ``MigrationFailure``: migrations are recorded already (`record-not-empty`), or the table is another program's
    ///   (`foreign-record`).
    public func differences(in database: any DatabaseBridge) async throws(MigrationFailure) -> [SchemaDifference] {
        do { return try await database.read { session in try differences(in: session) } } catch {
            throw MigrationFailure(any: error, .record)
        }
    }

    /// Records the files as applied at this moment, all in one transaction that has compared the schemas before.
    ///
    /// - Returns: what is different; nothing was changed unless it is empty.
    /// - Throws: ``MigrationFailure``, and nothing was changed.
    public func adopt(_ database: any DatabaseBridge) async throws(MigrationFailure) -> [SchemaDifference] {
        do {
            return try await database.write { session in
                let differences = try differences(in: session)
                guard differences.isEmpty else { return differences }
                try MigrationRecord.ensure(in: session)
                try MigrationRecord.insertAll(files.map { ($0, checksums[$0] ?? "") }, in: session)
                return []
            }
        } catch {
            throw MigrationFailure(any: error, .record)
        }
    }

    private func differences(in session: any Session) throws -> [SchemaDifference] {
        let applied = try MigrationRecord.applied(in: session)
        guard applied.isEmpty else { throw Self.recordNotEmpty(applied) }
        return try SchemaSnapshot(of: session).without(ignored).differences(from: expected)
    }

    private static func recordNotEmpty(_ applied: [AppliedMigration]) -> MigrationError {
        let names = applied.prefix(3).map(\.filename).joined(separator: ", ") + (applied.count > 3 ? " …" : "")
        return MigrationError(
            .recordNotEmpty,
            .record,
            "the database has a record already, of \(applied.count == 1 ? "1 migration" : "\(applied.count) migrations"): \(names)",
            recovery: "a baseline is for a database without a record: compare this one with parley migrate verify, "
                + "and mend its record with parley migrate repair"
        )
    }

    private static func nothingToRecord(_ directory: String) -> MigrationError {
        MigrationError(
            .unknownVersion,
            .record,
            "the directory \(directory) has no migrations to record",
            recovery: "name the right one with --migrations"
        )
    }
}
