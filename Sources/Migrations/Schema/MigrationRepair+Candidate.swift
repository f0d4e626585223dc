import Database

extension MigrationRepair {
    /// What could be done, before anybody has looked at what the edited files make.
    struct Candidate {
        /// In the order of application.
        let applied: [AppliedMigration]
        let steps: [Step]
        let unrepairable: [MigrationError]
        /// The files whose content is not known to be the one that ran: a step that records it needs a proof.
        let unproven: Set<String>
        private let plan: MigrationPlan

        /// - Parameter applied: in the order of application.
        init(
            _ applied: [AppliedMigration],
            _ database: any DatabaseBridge,
            directory: String,
            _ options: MigrationOptions
        ) throws(MigrationFailure) {
            let plan = try MigrationService(database: database, directory: directory, options: options).plan(for: applied)
            (self.applied, self.plan) = (applied, plan)
            let repairable: Set<MigrationError.Code> = [.checksumMismatch, .renamedFile]
            unrepairable = plan.errors.filter { !repairable.contains($0.code) }
            // A file that cannot be run may not become the one that is on record.
            let faulty = Set(unrepairable.compactMap(\.filename))
            let recorded = Dictionary(applied.map { ($0.filename, $0.checksum) }) { first, _ in first }
            let entries = plan.entries.filter { !faulty.contains($0.filename) }
            steps = entries.compactMap { Step($0, plan, recorded[$0.filename] ?? nil) }
            let changed = entries.filter { entry in
                // A row without a checksum does not tell whether the renamed file is still what ran. Under its old name, a run takes it as it is.
                let before = plan.recordedNames[entry.filename]
                return entry.status == .modified || before.map { (recorded[$0] ?? nil) == nil } ?? false
            }
            unproven = Set(changed.map(\.filename))
        }

        /// Replays the recorded files as they are now and compares what they make with what there is.
        ///
        /// - Returns: why the unproven files may not be recorded; no error where they may.
        func proof(
            _ live: SchemaSnapshot,
            directory: String,
            scratch: any DatabaseBridge,
            ignoring ignored: [String]
        ) async -> (errors: [MigrationError], differences: [SchemaDifference]) {
            do throws(MigrationFailure) {
                let replay = MigrationReplay(discovery: MigrationDiscovery(directory: directory))
                let expected = try await replay.schema(of: recordedFiles, in: scratch).without(ignored)
                let differences = live.without(ignored).differences(from: expected)
                return (differences.isEmpty ? [] : unproven.sorted().map(Self.otherSchema), differences)
            } catch {
                let failed = Set(error.errors.compactMap(\.filename))
                return (error.errors + unproven.subtracting(failed).sorted().map(Self.notReplayed), [])
            }
        }

        /// The files of the record that there are and that can be read, in the order of application.
        private var recordedFiles: [MigrationPlan.File] {
            let faulty = Set(unrepairable.compactMap(\.filename))
            let names = Dictionary(plan.recordedNames.map { ($0.value, $0.key) }) { first, _ in first }
            let files = Dictionary(plan.files.map { ($0.file.filename, $0) }) { first, _ in first }
            return applied.compactMap { files[names[$0.filename] ?? $0.filename] }.filter { !faulty.contains($0.file.filename) }
        }

        private static func otherSchema(_ filename: String) -> MigrationError {
            MigrationError(
                .checksumMismatch,
                .validate,
                filename: filename,
                "the file was edited, and as they are, the files make another schema than the database has",
                recovery: "put back the content that was applied: an edit that changes the schema belongs into a new migration"
            )
        }

        private static func notReplayed(_ filename: String) -> MigrationError {
            MigrationError(
                .checksumMismatch,
                .validate,
                filename: filename,
                "the file was edited, and whether it still makes this schema cannot be told: the files cannot be replayed",
                recovery: "mend the file that cannot be replayed first, and repair again"
            )
        }
    }
}
