public import Database

/// Finds what can be known of a directory of migrations without the database that they are for: what a run would stop for, and what it
/// would do that its author may not have meant.
///
/// ```swift
/// let scratch = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
/// let result = try await MigrationCheck(directory: "migrations", scratch: scratch).run()
/// for finding in result.standing { print(finding.diagnosis(directory: result.directory)) }
/// ```
///
/// Every file is replayed into a scratch database, and the schema before each statement is compared with the schema after it. Each
/// file is also tried on tables with a few rows that are made up, in a transaction that is rolled back.
public struct MigrationCheck: Sendable {
    private let discovery: MigrationDiscovery
    private let scratch: any DatabaseBridge

    /// A check of a directory.
    ///
    /// - Parameters:
    ///   - directory: the directory with the migration files, as the user names it.
    ///   - scratch: an empty database that nobody needs: the files stay applied in it.
    public init(directory: String, scratch: any DatabaseBridge) {
        discovery = MigrationDiscovery(directory: directory)
        self.scratch = scratch
    }

    /// Looks at every file.
    ///
    /// - Throws: ``MigrationFailure`` where the scratch database cannot be used. What is wrong with the directory and its files is in the
    ///   result.
    public func run() async throws(MigrationFailure) -> MigrationCheckResult {
        let listing: (files: [MigrationFile], faults: [MigrationError])
        do { listing = try discovery.listing() } catch { return unreadable(error) }
        return try await check(listing.files, listing.faults)
    }

    private func unreadable(_ failure: MigrationFailure) -> MigrationCheckResult {
        MigrationCheckResult(
            directory: discovery.directory,
            files: [],
            errors: failure.errors,
            findings: [],
            notes: [],
            nextVersion: nil
        )
    }

    private func check(_ files: [MigrationFile], _ nameFaults: [MigrationError]) async throws(MigrationFailure) -> MigrationCheckResult {
        let contentFaults = files.flatMap(discovery.faults)
        let broken = Self.firstBroken(nameFaults + contentFaults)
        let sound = files.prefix { $0.order < broken?.order ?? .max }
        let replay = try await replay(Array(sound), rest: files.dropFirst(sound.count), behind: broken?.filename)
        let order = Dictionary(files.enumerated().map { ($0.element.filename, $0.offset) }) { first, _ in first }
        let inFiles = (contentFaults + replay.errors).sorted { order[$0.filename ?? "", default: 0] < order[$1.filename ?? "", default: 0] }
        return MigrationCheckResult(
            directory: discovery.directory,
            files: files,
            errors: nameFaults + inFiles,
            findings: replay.findings,
            notes: replay.notes,
            nextVersion: MigrationDiscovery.version(nextTo: files)
        )
    }

    /// The first file that has a fault: what comes behind it may depend on it.
    private static func firstBroken(_ faults: [MigrationError]) -> (order: Int, filename: String)? {
        faults.compactMap(\.filename).compactMap { name in Int(MigrationFile.version(of: name)).map { ($0, name) } }.min { $0.0 < $1.0 }
    }

    private typealias Replay = (errors: [MigrationError], findings: [MigrationFinding], notes: [String])

    private func replay(
        _ files: [MigrationFile],
        rest: ArraySlice<MigrationFile>,
        behind broken: String?
    ) async throws(MigrationFailure) -> Replay {
        do {
            return try await scratch.withSchemaSession(SchemaSessionOptions()) { [discovery] session in
                var run = CheckRun(session, discovery)
                try run.replay(files)
                let passedOver = rest.filter { $0.filename != broken }
                if run.errors.isEmpty, let broken { run.note(notReplayed: passedOver[...], because: broken) }
                return (run.errors, run.findings, run.notes)
            }
        } catch {
            throw error as? MigrationFailure ?? MigrationFailure([MigrationError(any: error, .validate)])
        }
    }
}
