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
    private let applied: [AppliedMigration]
    private let directory: String

    /// Compares the record with the files. Reads only.
    ///
    /// - Throws: ``MigrationFailure`` where directory or record cannot be read.
    public init(of database: any DatabaseBridge, directory: String) async throws(MigrationFailure) {
        let applied: [AppliedMigration]
        do {
            applied = try await database.read { session in try MigrationRecord.applied(in: session) }
        } catch {
            throw MigrationFailure(any: error, .initialize)
        }
        try self.init(applied, database, directory: directory)
    }

    private init(_ applied: [AppliedMigration], _ database: any DatabaseBridge, directory: String) throws(MigrationFailure) {
        let plan = try MigrationService(database: database, directory: directory).plan(for: applied)
        self.applied = applied
        self.directory = directory
        let repairable: Set<MigrationError.Code> = [.checksumMismatch, .renamedFile]
        unrepairable = plan.errors.filter { !repairable.contains($0.code) }
        // A file that cannot be run may not become the one that is on record.
        let faulty = Set(unrepairable.compactMap(\.filename))
        let recorded = Dictionary(applied.map { ($0.filename, $0.checksum) }) { first, _ in first }
        steps = plan.entries.filter { !faulty.contains($0.filename) }.compactMap { Step($0, plan, recorded[$0.filename] ?? nil) }
    }

    /// Does what ``steps`` says, in one transaction.
    ///
    /// - Throws: ``MigrationFailure``, and nothing was changed: `record-changed` where record or files are not what they were when this value
    ///   was made.
    public func carryOut(on database: any DatabaseBridge) async throws(MigrationFailure) {
        guard !steps.isEmpty else { return }
        do {
            try await database.write { session in
                let now = try MigrationRepair(try MigrationRecord.applied(in: session), database, directory: directory)
                guard now.applied == applied, now.steps == steps else { throw Self.recordChanged }
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
            "the record or the files have changed since the repair was shown; nothing was repaired",
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
    fileprivate init?(_ entry: MigrationPlan.Entry, _ plan: MigrationPlan, _ recorded: String?) {
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
