import Database

/// Replays files into a scratch database, inside its schema session, and collects what is to be said about them.
struct CheckRun {
    private let session: any SchemaSession
    private let discovery: MigrationDiscovery
    private var trial: FilledTrial
    private var violations: [ForeignKey: Int] = [:]
    private(set) var errors: [MigrationError] = []
    private(set) var findings: [MigrationFinding] = []
    private(set) var notes: [String] = []

    init(_ session: any SchemaSession, _ discovery: MigrationDiscovery) {
        self.session = session
        self.discovery = discovery
        trial = FilledTrial(session)
    }

    /// Replays the files, to the first that fails.
    mutating func replay(_ files: [MigrationFile]) throws {
        guard try session.schemaObjects().isEmpty else { throw notEmpty }
        try session.transaction { try MigrationRecord.ensure(in: session) }
        for (index, file) in files.enumerated() {
            guard try !replay(file) else { continue }
            note(notReplayed: files[(index + 1)...], because: file.filename)
            break
        }
        notes += trial.unfilled.sorted().map { "no row could be made up for the table \($0), so nothing was tried with rows in it" }
    }

    /// Says why the files behind one that has faults of its own were not looked at.
    mutating func note(notReplayed files: ArraySlice<MigrationFile>, because filename: String) {
        guard let first = files.first else { return }
        let others = files.count == 1 ? "" : files.count == 2 ? " and 1 later file" : " and \(files.count - 1) later files"
        let verb = files.count == 1 ? "was" : "were"
        notes.append("\(first.filename)\(others) \(verb) not replayed, because \(filename) does not run")
    }

    /// Returns whether it ran.
    private mutating func replay(_ file: MigrationFile) throws -> Bool {
        let content = try discovery.loadMigrationContent(file)
        let outcome = try trial.run(content)
        do {
            let observer = content.runsAlone ? try runAlone(content) : try runInTransaction(content)
            collect(content, observer, outcome)
            return true
        } catch let error as ScriptError where error.cause.isAboutTheStatement {
            errors.append(MigrationError(checking: error, content))
        } catch let error as MigrationError {
            errors.append(error)
        }
        return false
    }

    private func runAlone(_ content: MigrationContent) throws -> FileObserver {
        var observer = try FileObserver(content, session, known: trial.schema)
        try session.runAlone(content.script) { observer.willRun($0) }
        try observer.didRun()
        _ = try session.transaction { try MigrationRecord.insert(content.file.filename, content.checksum, in: session) }
        return observer
    }

    private mutating func runInTransaction(_ content: MigrationContent) throws -> FileObserver {
        let (observer, after) = try session.transaction {
            var observer = try FileObserver(content, session, known: trial.schema)
            try session.run(content.script, rules: ScriptRules(protectedTable: MigrationRecord.table)) { observer.willRun($0) }
            try observer.didRun()
            let after = try session.foreignKeyViolations()
            let broken = ForeignKey.newViolations(violations, after)
            guard broken.isEmpty else { throw violation(broken, content.file) }
            _ = try MigrationRecord.insert(content.file.filename, content.checksum, in: session)
            return (observer, after)
        }
        violations = after
        return observer
    }

    private mutating func collect(_ content: MigrationContent, _ observer: FileObserver, _ outcome: FilledTrial.Outcome) {
        var losses = observer.deletions + [outcome.finding].compactMap(\.self)
        if let history = observer.history, let end = observer.current {
            losses += SchemaLosses(history: history, end: end, emptied: outcome.emptied).findings
        }
        var allowed = AllowedFindings(content, observer.statements)
        findings += allowed.findings(losses)
    }

    private func violation(_ broken: [String], _ file: MigrationFile) -> MigrationError {
        MigrationError(
            .foreignKeyViolation,
            .validate,
            filename: file.filename,
            "the script breaks foreign keys: \(broken.joined(separator: ", "))",
            recovery: "repair that in the same file"
        )
    }

    private var notEmpty: MigrationError {
        MigrationError(
            .scratchNotEmpty,
            .initialize,
            "the scratch database has something in it already",
            recovery: "give an empty one, such as a database in memory"
        )
    }
}

extension MigrationError {
    /// Why a file does not run, when nothing depends on it yet.
    fileprivate init(checking error: ScriptError, _ content: MigrationContent) {
        let isForbidden = error.cause.code == .forbiddenStatement
        self.init(
            isForbidden ? .forbiddenStatement : .statementFailed,
            .validate,
            filename: content.file.filename,
            error.cause.message,
            recovery: isForbidden ? "change the file" : "correct the file"
        )
        location = SourceLocation(offset: error.offset, in: content.bytes)
        statement = error.statement
        cause = error.cause
    }
}
