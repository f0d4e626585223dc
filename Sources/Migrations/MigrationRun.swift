import Database

/// One run, inside the schema session: file by file, each in a transaction with its record.
struct MigrationRun {
    let session: any SchemaSession
    let plan: MigrationPlan
    let discovery: MigrationDiscovery
    let report: @Sendable (MigrationEvent) -> Void

    func execute() throws(MigrationFailure) -> [AppliedFile] {
        var applied: [AppliedFile] = []
        do {
            try session.transaction { try MigrationRecord.ensure(in: session) }
            var violations = try session.foreignKeyViolations()
            if !violations.isEmpty { report(.orphansFound(violations)) }
            for (index, file) in plan.pending.enumerated() {
                report(.started(file, index: index + 1, count: plan.pending.count))
                if let done = try apply(file, &violations) { applied.append(done) }
            }
            try fillUnknownChecksums()
            try session.checkpoint()
            return applied
        } catch {
            // What was applied before the failure stays, and is made as durable as it would be after a success.
            _ = try? session.checkpoint()
            throw MigrationFailure([advised(MigrationError(any: error, .apply), applied)], applied: applied.map(\.filename))
        }
    }

    /// A new user's first file often makes what the database has already: to correct the file would be the wrong advice.
    private func advised(_ error: MigrationError, _ applied: [AppliedFile]) -> MigrationError {
        // The file is rolled back, so what there is was there before the run.
        guard error.code == .statementFailed, applied.isEmpty, isWithoutRecord else { return error }
        let adoption = "if this database was made without Parley, adopt it with parley migrate baseline"
        return error.replacing(recovery: "\(error.recovery); \(adoption)")
    }

    /// Whether there are tables, and nothing is recorded. What cannot be read any more is no reason for an advice.
    private var isWithoutRecord: Bool {
        guard let applied = try? MigrationRecord.applied(in: session), let schema = try? SchemaSnapshot(of: session) else { return false }
        return applied.isEmpty && !schema.objects.isEmpty
    }

    /// Applies one file; nil where another process has done so in the meantime.
    private func apply(_ file: MigrationFile, _ violations: inout [ForeignKey: Int]) throws -> AppliedFile? {
        let start = ContinuousClock.now
        let content = try discovery.loadMigrationContent(file)
        do {
            let before = violations
            let outcome =
                try content.runsAlone ? runAloneThenRecord(content, before) : session.transaction { try runAndRecord(content, before) }
            guard let outcome else {
                report(.appliedElsewhere(file))
                violations = try session.foreignKeyViolations()
                return nil
            }
            violations = outcome.violations
            let applied = AppliedFile(
                filename: file.filename,
                appliedAt: outcome.appliedAt,
                duration: .now - start,
                statements: outcome.statements
            )
            report(.applied(applied))
            return applied
        } catch {
            throw MigrationError(running: error, content)
        }
    }

    private typealias Outcome = (statements: Int, appliedAt: String, violations: [ForeignKey: Int])

    /// What cannot be in a transaction: a process that is killed between the two does the statement again, which does no harm.
    private func runAloneThenRecord(_ content: MigrationContent, _ violations: [ForeignKey: Int]) throws -> Outcome? {
        guard try isPending(content) else { return nil }
        var statements = 0
        try session.runAlone(content.script) { statement in
            statements = statement.number
            report(.statement(content.file, number: statement.number))
        }
        return try session.transaction {
            guard try isPending(content) else { return nil }
            return (statements, try MigrationRecord.insert(content.file.filename, content.checksum, in: session), violations)
        }
    }

    private func runAndRecord(_ content: MigrationContent, _ before: [ForeignKey: Int]) throws -> Outcome? {
        guard try isPending(content) else { return nil }
        var statements = 0
        try session.run(content.script, rules: ScriptRules(protectedTable: MigrationRecord.table)) { statement in
            statements = statement.number
            report(.statement(content.file, number: statement.number))
        }
        let after = try session.foreignKeyViolations()
        if let error = newViolation(before, after, content.file) { throw error }
        let appliedAt = try MigrationRecord.insert(content.file.filename, content.checksum, in: session)
        return (statements, appliedAt, after)
    }

    /// Whether nobody else has applied the file in the meantime.
    private func isPending(_ content: MigrationContent) throws -> Bool {
        try requireUnchanged(content)
        guard let recorded = try MigrationRecord.checksum(of: content.file.filename, in: session) else { return true }
        guard recorded ?? content.checksum == content.checksum else { throw changedElsewhere(content.file) }
        return false
    }

    /// What runs is what was checked: the file is read again, and may have been edited since.
    private func requireUnchanged(_ content: MigrationContent) throws(MigrationError) {
        guard plan.pendingChecksums[content.file.filename] != content.checksum else { return }
        throw MigrationError(
            .checksumMismatch,
            .apply,
            filename: content.file.filename,
            "the file was edited while the run was under way",
            recovery: "run again"
        )
    }

    private func changedElsewhere(_ file: MigrationFile) -> MigrationError {
        MigrationError(
            .checksumMismatch,
            .apply,
            filename: file.filename,
            "another process has just applied a file of this name with other content",
            recovery: "deploy one version of the migrations, then run again"
        )
    }

    /// Rows without a parent that were there before are a warning; those that the script made are not.
    private func newViolation(_ before: [ForeignKey: Int], _ after: [ForeignKey: Int], _ file: MigrationFile) -> MigrationError? {
        let list = ForeignKey.newViolations(before, after)
        guard !list.isEmpty else { return nil }
        return MigrationError(
            .foreignKeyViolation,
            .apply,
            filename: file.filename,
            "the script breaks foreign keys: \(list.joined(separator: ", "))",
            recovery: "repair that in the same file, and run again"
        )
    }

    private func fillUnknownChecksums() throws {
        guard !plan.unknownChecksums.isEmpty else { return }
        try session.transaction {
            for (filename, checksum) in plan.unknownChecksums { try MigrationRecord.fill(filename, checksum, in: session) }
        }
    }
}

extension ForeignKey {
    /// What is broken after a script and was not before it, each key in words.
    static func newViolations(_ before: [ForeignKey: Int], _ after: [ForeignKey: Int]) -> [String] {
        let broken = after.filter { $0.value > before[$0.key, default: 0] }
        return broken.map { key, count in key.violation(rows: count - before[key, default: 0]) }.sorted()
    }

    fileprivate func violation(rows: Int) -> String {
        columns.isEmpty
            ? "what \(table) refers to is not unique in \(parent)"
            : "\(rows == 1 ? "1 row" : "\(rows) rows") of \(table) (\(columns.joined(separator: ", "))) without a parent in \(parent)"
    }
}

extension MigrationError {
    /// Whatever went wrong where no file is to blame.
    init(any error: any Error, _ operation: MigrationOperation, filename: String? = nil) {
        switch error {
        case let error as MigrationError: self = error
        case let error as DatabaseError: self.init(error, operation, filename: filename)
        case is CancellationError:
            self.init(.cancelled, operation, filename: filename, "the run was stopped", recovery: "run again: it continues")
        default: self.init(.databaseFailed, operation, filename: filename, "\(error)", recovery: "run again")
        }
    }

    /// Whatever went wrong while a file ran.
    fileprivate init(running error: any Error, _ content: MigrationContent) {
        guard let error = error as? ScriptError else {
            self.init(any: error, .apply, filename: content.file.filename)
            return
        }
        self.init(error.cause, .apply, filename: content.file.filename)
        location = SourceLocation(offset: error.offset, in: content.bytes)
        statement = error.statement
    }
}
