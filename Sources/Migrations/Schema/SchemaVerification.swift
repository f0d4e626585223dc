public import Database

/// Whether a database has the schema that its migrations make: the applied files are replayed in an empty database, in the order of their
/// application, and the two schemas compared.
///
/// ```swift
/// let verification = try await SchemaVerification(of: database, directory: "migrations", scratch: scratch)
/// print(SchemaDifference.text(verification.differences))
/// ```
///
/// The database is read in one snapshot and never written. The schema is all that is compared: rows, `PRAGMA user_version` and their like are not.
public struct SchemaVerification: Sendable {
    /// The applied files, in the order of their application.
    public let replayed: [String]
    /// What the record has beyond every file here, where that is allowed: it has no part in the replay.
    public let unknown: [String]
    /// Files that are not applied yet; they have no part in the comparison.
    public let pending: [String]
    /// How many tables, indexes, views and triggers the migrations make.
    public let objectCount: Int
    /// What the database has other than the migrations make it; empty where there is no drift.
    public let differences: [SchemaDifference]

    /// - Parameters:
    ///   - database: the database in question.
    ///   - directory: the migrations directory.
    ///   - scratch: an empty database of the same engine, such as one in memory; it is filled.
    ///   - ignored: tables and views to leave out with their indexes and triggers, because another program keeps them.
    ///   - allowsNewerSchema: whether to go on although the record has migrations that are newer than every file.
    /// - Throws: ``MigrationFailure``: an applied file is missing or was edited, a file cannot be replayed, the record cannot be read.
    public init(
        of database: any DatabaseBridge,
        directory: String,
        scratch: any DatabaseBridge,
        ignoring ignored: [String] = [],
        allowsNewerSchema: Bool = false
    ) async throws(MigrationFailure) {
        let live = try await LiveSchema(of: database)
        let options = MigrationOptions(allowsOutOfOrder: true, allowsNewerSchema: allowsNewerSchema)
        let plan = try MigrationService(database: database, directory: directory, options: options).plan(for: live.applied)
        guard plan.errors.isEmpty else { throw MigrationFailure(plan.errors) }
        // Each row but the newer ones has its file, with the content that was applied: a plan without errors says so.
        let filesByName = Dictionary(plan.files.map { ($0.file.filename, $0) }) { first, _ in first }
        let files = live.applied.compactMap { filesByName[$0.filename] }
        let expected = try await MigrationReplay(discovery: MigrationDiscovery(directory: directory)).schema(of: files, in: scratch)
        replayed = files.map(\.file.filename)
        unknown = live.applied.map(\.filename).filter { filesByName[$0] == nil }
        pending = plan.pending.map(\.filename)
        objectCount = expected.without(ignored).objects.count
        differences = live.schema.without(ignored).differences(from: expected.without(ignored))
    }
}

/// The record and the schema of a database at one moment.
struct LiveSchema {
    /// In the order in which the rows were written; their times are those of a clock, which may have been set back.
    let applied: [AppliedMigration]
    let schema: SchemaSnapshot

    init(of database: any DatabaseBridge) async throws(MigrationFailure) {
        do {
            (applied, schema) = try await database.read { session in
                (try Self.applied(in: session), try SchemaSnapshot(of: session))
            }
        } catch {
            throw MigrationFailure(any: error, .initialize)
        }
    }

    /// In the order in which the rows were written.
    static func applied(in session: any Session) throws -> [AppliedMigration] {
        try MigrationRecord.applied(in: session).sorted { $0.id < $1.id }
    }
}
