public import Database

/// Makes the record agree with files that were changed on purpose: edited without effect, or renamed. Neither the schema nor a row of any other
/// table is touched.
///
/// It is a value that can be shown before anything is done: ``carryOut(on:)`` does what was shown, or nothing.
public struct MigrationRepair: Sendable {
    /// One change of one row.
    public enum Step: Sendable, Hashable {
        /// The file was edited after it was applied; the record gets its new checksum.
        case acceptEdit(filename: String, recorded: String, checksum: String)
        /// The file was renamed after it was applied; the record gets its new name, and its checksum where that was not known.
        case rename(from: String, to: String, checksum: String)
        /// The row was written by a program that keeps no checksums.
        case fillChecksum(filename: String, checksum: String)
    }

    /// What it changes, by number of the file.
    public let steps: [Step]
    /// What is wrong and not for the record to mend, each with what to do about it.
    public let unrepairable: [MigrationError]
    /// What the database has other than the files make it as they are now. Where there is any, no edit is recorded.
    public let differences: [SchemaDifference]
    private let candidate: Candidate
    /// The schema that the edited files have been shown to make; nil where nothing had to be shown.
    private let provenSchema: SchemaSnapshot?
    private let directory: String
    private let options: MigrationOptions

    /// Compares the record with the files, and replays these where one was edited. The database is only read.
    ///
    /// - Parameters:
    ///   - database: the database in question.
    ///   - directory: the migrations directory.
    ///   - scratch: an empty database of the same engine, such as one in memory; it may be filled.
    ///   - ignored: tables and views to leave out of the comparison, because another program keeps them.
    ///   - options: what the next run is going to be allowed; that is not told to be wrong.
    /// - Throws: ``MigrationFailure`` where directory, record or schema cannot be read.
    public init(
        of database: any DatabaseBridge,
        directory: String,
        scratch: any DatabaseBridge,
        ignoring ignored: [String] = [],
        options: MigrationOptions = MigrationOptions()
    ) async throws(MigrationFailure) {
        let live = try await LiveSchema(of: database)
        let candidate = try Candidate(live.applied, database, directory: directory, options)
        (self.candidate, self.directory, self.options) = (candidate, directory, options)
        guard !candidate.unproven.isEmpty else {
            (steps, unrepairable, differences, provenSchema) = (candidate.steps, candidate.unrepairable, [], nil)
            return
        }
        let proof = await candidate.proof(live.schema, directory: directory, scratch: scratch, ignoring: ignored)
        unrepairable = candidate.unrepairable + proof.errors
        differences = proof.differences
        steps = proof.errors.isEmpty ? candidate.steps : candidate.steps.filter { !candidate.unproven.contains($0.filename) }
        provenSchema = proof.errors.isEmpty ? live.schema : nil
    }

    /// Does what ``steps`` says, in one transaction.
    ///
    /// - Throws: ``MigrationFailure``, and nothing was changed: `record-changed` where record or files are not what they were when this value
    ///   was made.
    public func carryOut(on database: any DatabaseBridge) async throws(MigrationFailure) {
        guard !steps.isEmpty else { return }
        do {
            try await database.write { session in
                let applied = try LiveSchema.applied(in: session)
                let now = try Candidate(applied, database, directory: directory, options)
                guard now.applied == candidate.applied, now.steps == candidate.steps else { throw Self.recordChanged }
                if let provenSchema, try !SchemaSnapshot(of: session).differences(from: provenSchema).isEmpty { throw Self.recordChanged }
                for step in steps { try step.carryOut(in: session) }
            }
        } catch {
            throw MigrationFailure(any: error, .record)
        }
    }

    private static var recordChanged: MigrationError {
        MigrationError(
            .recordChanged,
            .record,
            "the record, the files or the schema have changed since the repair was shown; nothing was repaired",
            recovery: "run parley migrate repair again, and look at what it shows now"
        )
    }
}

extension MigrationRepair.Step {
    /// The name of the row's file; for a renamed one, its new name.
    public var filename: String {
        switch self {
        case .acceptEdit(let filename, _, _), .rename(_, let filename, _), .fillChecksum(let filename, _): filename
        }
    }

    /// Nil where the row agrees with its file, or has none.
    init?(_ entry: MigrationPlan.Entry, _ plan: MigrationPlan, _ recorded: String?) {
        guard let checksum = entry.checksum else { return nil }
        switch entry.status {
        case .modified: self = .acceptEdit(filename: entry.filename, recorded: recorded ?? "", checksum: checksum)
        case .renamed: self = .rename(from: plan.recordedNames[entry.filename] ?? "", to: entry.filename, checksum: checksum)
        case _ where plan.unknownChecksums[entry.filename] != nil: self = .fillChecksum(filename: entry.filename, checksum: checksum)
        default: return nil
        }
    }

    fileprivate func carryOut(in session: any Session) throws {
        switch self {
        case .acceptEdit(let filename, let recorded, let checksum):
            try MigrationRecord.replaceChecksum(of: filename, recorded, by: checksum, in: session)
        case .rename(let from, let to, let checksum): try MigrationRecord.rename(from, to: to, checksum, in: session)
        case .fillChecksum(let filename, let checksum):
            try MigrationRecord.fillForGood(filename, checksum, in: session)
        }
    }
}
