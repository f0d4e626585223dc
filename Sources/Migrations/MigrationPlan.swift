/// What has to happen, from the files that there are and the record of what was applied. A value: nothing has happened yet.
public struct MigrationPlan: Sendable, Hashable {
    /// One migration: a file, a row of the record, or both.
    public struct Entry: Sendable, Hashable {
        /// The name of the file; that of the record where the file is gone.
        public let filename: String
        /// Its state, from the files and the record.
        public let status: MigrationStatus
        /// The file's checksum; the record's where the file is gone.
        public let checksum: String?
        /// UTC, as SQLite writes it; nil unless it is applied.
        public let appliedAt: String?

        /// The number in front of the name.
        var number: Int { MigrationFile.number(of: filename) }
        /// The number as it is written: `001`.
        public var version: String { MigrationFile.version(of: filename) }
        /// What stands between the number and the ending: `create_conversations`.
        public var name: String { MigrationFile.name(of: filename) }
    }

    /// A file with the checksum that its content had when the plan was made; nil where that could not be read.
    struct File: Sendable, Hashable {
        let file: MigrationFile
        let checksum: String?
    }

    /// By number; those of a replay are in the order of application.
    let files: [File]
    /// Every migration, by number.
    public let entries: [Entry]
    /// The files to run, in order.
    public let pending: [MigrationFile]
    /// Applied files whose checksum the record does not know yet.
    let unknownChecksums: [String: String]
    /// The checksums that the pending files had when the plan was made.
    let pendingChecksums: [String: String]
    /// The name in the record of each file that has another one now.
    let recordedNames: [String: String]
    /// Why the plan must not be carried out, with the default options or with those given.
    public let errors: [MigrationError]
    /// Whether the database has migrations that are newer than every file.
    public let isSchemaAhead: Bool

    /// Whether carrying it out would change anything.
    public var hasWork: Bool { !pending.isEmpty || !unknownChecksums.isEmpty }

    /// Numbers that no file has, between the first and the last: allowed, and worth a look.
    public var gaps: [ClosedRange<Int>] {
        let numbers = entries.map(\.number)
        return zip(numbers, numbers.dropFirst()).filter { $1 - $0 > 1 }.map { $0 + 1...$1 - 1 }
    }

    /// The number of the newest applied migration.
    public var currentVersion: String? { entries.last { $0.appliedAt != nil }?.version }
    /// The number of the newest migration that there is.
    public var targetVersion: String? { entries.last?.version }

    /// - Parameters:
    ///   - files: by number; in any order where nothing is applied, as for a replay.
    ///   - nameFaults: what is wrong with the names of files.
    ///   - contentFaults: tells what is wrong with the content of a file; asked of those only that the record does not vouch for.
    init(
        files: [File],
        applied: [AppliedMigration],
        nameFaults: [MigrationError] = [],
        options: MigrationOptions,
        contentFaults: (MigrationFile) -> [MigrationError] = { _ in [] }
    ) {
        self.files = files
        var planner = MigrationPlanner(files: files, applied: applied)
        planner.classify()
        entries = planner.sortedEntries
        pending = planner.pending.filter { $0.order <= options.target ?? .max }
        unknownChecksums = planner.unknownChecksums
        pendingChecksums = planner.pendingChecksums
        recordedNames = planner.recordedNames
        let waiting = Set(planner.pending.map(\.filename))
        // An empty file that earlier releases have applied stays as it is.
        let inContent = planner.unvouched.flatMap(contentFaults).filter { $0.code != .noStatement || waiting.contains($0.filename ?? "") }
        errors = nameFaults + inContent + planner.errors(allowing: options)
        isSchemaAhead = !planner.ahead.isEmpty
    }
}

/// What the user has allowed, and the limits of a run.
public struct MigrationOptions: Sendable, Hashable {
    /// Apply a file although one with a higher number is applied already.
    public var allowsOutOfOrder: Bool
    /// Go on although the database has migrations that no file here has: for going back to an earlier release.
    public var allowsNewerSchema: Bool
    /// The number of the last file to apply; nil for all of them.
    public var target: Int?
    /// How long the whole run may take; nil for no limit.
    public var timeout: Duration?
    /// How long to wait while another process migrates.
    public var lockTimeout: Duration
    /// The backup that a run begins with where something is pending and the database has tables; nil for none.
    public var backups: MigrationBackups?

    /// Nothing is allowed, and nothing limited, unless an argument says so.
    public init(
        allowsOutOfOrder: Bool = false,
        allowsNewerSchema: Bool = false,
        target: Int? = nil,
        timeout: Duration? = nil,
        lockTimeout: Duration = .seconds(60),
        backups: MigrationBackups? = nil
    ) {
        self.allowsOutOfOrder = allowsOutOfOrder
        self.allowsNewerSchema = allowsNewerSchema
        self.target = target
        self.timeout = timeout
        self.lockTimeout = lockTimeout
        self.backups = backups
    }
}
