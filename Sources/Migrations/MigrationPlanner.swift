/// Gives every file and every row of the record its state.
struct MigrationPlanner {
    private let files: [MigrationPlan.File]
    /// For each file the row that has its name.
    private var rows: [AppliedMigration?] = []
    /// Rows whose file is gone, in the order of application.
    private var orphans: [AppliedMigration] = []
    private var newestApplied = 0
    private let newestFile: Int

    private(set) var entries: [MigrationPlan.Entry] = []
    private(set) var pending: [MigrationFile] = []
    /// Files whose content the record does not vouch for.
    private(set) var unvouched: [MigrationFile] = []
    private(set) var unknownChecksums: [String: String] = [:]
    private(set) var pendingChecksums: [String: String] = [:]
    private(set) var ahead: [String] = []
    /// The name in the record of each file that has another one now.
    private(set) var recordedNames: [String: String] = [:]

    /// - Parameter files: by number; in any order where nothing is applied.
    init(files: [MigrationPlan.File], applied: [AppliedMigration]) {
        self.files = files
        newestFile = files.last?.file.order ?? 0
        match(applied)
    }

    mutating func classify() {
        var orphansByNumber = Dictionary(orphans.map { (MigrationFile.number(of: $0.filename), $0) }) { first, _ in first }
        for (entry, row) in zip(files, rows) {
            if let row { classify(entry, row) } else { classify(entry, amid: &orphansByNumber) }
        }
        let renamed = Set(recordedNames.values)
        for row in orphans where !renamed.contains(row.filename) { classifyWithoutFile(row) }
    }

    /// The entries by number, as they are already where every row has its file.
    var sortedEntries: [MigrationPlan.Entry] {
        orphans.isEmpty ? entries : entries.sorted { ($0.number, $0.filename) < ($1.number, $1.filename) }
    }

    /// Goes through files and rows side by side, both by number and name, which costs less than tables of ten thousand names.
    private mutating func match(_ applied: [AppliedMigration]) {
        var rest = applied.map { (number: MigrationFile.number(of: $0.filename), row: $0) }[...]
        rest.sort { ($0.number, $0.row.filename) < ($1.number, $1.row.filename) }
        newestApplied = rest.last?.number ?? 0
        rows.reserveCapacity(files.count)
        var gone: Set<String> = []
        for file in files.lazy.map(\.file) {
            while let next = rest.first, (next.number, next.row.filename) < (file.order, file.filename) {
                gone.insert(next.row.filename)
                rest.removeFirst()
            }
            rows.append(rest.first?.row.filename == file.filename ? rest.removeFirst().row : nil)
            // A record that another program has made may have a name twice: the first counts.
            while rest.first?.row.filename == file.filename { rest.removeFirst() }
        }
        gone.formUnion(rest.map(\.row.filename))
        if !gone.isEmpty { orphans = applied.filter { gone.contains($0.filename) } }
    }

    /// A row of another program may have no checksum, and a file that cannot be read has none: that is a fault by itself, and no edit.
    private mutating func classify(_ entry: MigrationPlan.File, _ row: AppliedMigration) {
        let isKnown = entry.checksum != nil && row.checksum != nil
        let isModified = isKnown && entry.checksum != row.checksum
        if row.checksum == nil { unknownChecksums[entry.file.filename] = entry.checksum }
        if !isKnown || isModified { unvouched.append(entry.file) }
        add(entry.file.filename, isModified ? .modified : .applied, entry.checksum ?? row.checksum, row.appliedAt)
    }

    private mutating func classify(_ entry: MigrationPlan.File, amid orphans: inout [Int: AppliedMigration]) {
        let (file, checksum) = (entry.file, entry.checksum)
        unvouched.append(file)
        if let row = orphans[file.order], row.checksum == nil || row.checksum == checksum {
            recordedNames[file.filename] = row.filename
            orphans[file.order] = nil
            add(file.filename, .renamed, checksum, row.appliedAt)
        } else {
            pending.append(file)
            pendingChecksums[file.filename] = checksum
            add(file.filename, file.order < newestApplied ? .outOfOrder : .pending, checksum, nil)
        }
    }

    private mutating func classifyWithoutFile(_ row: AppliedMigration) {
        let isAhead = MigrationFile.number(of: row.filename) > newestFile
        if isAhead { ahead.append(row.filename) }
        add(row.filename, isAhead ? .applied : .missing, row.checksum, row.appliedAt)
    }

    private mutating func add(_ filename: String, _ status: MigrationStatus, _ checksum: String?, _ appliedAt: String?) {
        entries.append(MigrationPlan.Entry(filename: filename, status: status, checksum: checksum, appliedAt: appliedAt))
    }
}

// MARK: - What stops a run

extension MigrationPlanner {
    func errors(allowing options: MigrationOptions) -> [MigrationError] {
        var errors = entries.compactMap { entry in error(for: entry, options) }
        if !options.allowsNewerSchema, !ahead.isEmpty { errors.append(aheadError) }
        if let target = options.target, !files.contains(where: { $0.file.order == target }) { errors.append(unknownVersionError(target)) }
        return errors
    }

    private func error(for entry: MigrationPlan.Entry, _ options: MigrationOptions) -> MigrationError? {
        switch entry.status {
        case .modified: modifiedError(entry.filename)
        case .missing: missingError(entry.filename)
        case .renamed: renamedError(entry.filename)
        case .outOfOrder where !options.allowsOutOfOrder: outOfOrderError(entry.filename)
        default: nil
        }
    }

    private func modifiedError(_ filename: String) -> MigrationError {
        MigrationError(
            .checksumMismatch,
            .validate,
            filename: filename,
            "the file was edited after it was applied",
            recovery: "put back the content that was applied, and make the change in a new migration; "
                + "if the edit changes nothing that was applied, run parley migrate repair"
        )
    }

    private func missingError(_ filename: String) -> MigrationError {
        MigrationError(
            .missingFile,
            .validate,
            filename: filename,
            "the file is gone, although it was applied",
            recovery: "put the file back: a new database needs it"
        )
    }

    private func renamedError(_ filename: String) -> MigrationError {
        MigrationError(
            .renamedFile,
            .validate,
            filename: filename,
            "it was applied under the name \(recordedNames[filename] ?? "")",
            recovery: "give the file its old name back, or run parley migrate repair to record the new one"
        )
    }

    private func outOfOrderError(_ filename: String) -> MigrationError {
        MigrationError(
            .outOfOrder,
            .validate,
            filename: filename,
            "it is not applied, but one with a higher number is",
            recovery: "give it a number above \(newestApplied), or allow this with --allow-out-of-order"
        )
    }

    private func unknownVersionError(_ target: Int) -> MigrationError {
        let last = files.last?.file.filename
        return MigrationError(
            .unknownVersion,
            .validate,
            "no file has the number \(target)",
            recovery: last.map { "name the number of a file; the last one is \($0)" } ?? "the directory has no migrations yet"
        )
    }

    private var aheadError: MigrationError {
        // By number: as text, 1000 would stand before 999.
        let names = ahead.sorted { (MigrationFile.number(of: $0), $0) < (MigrationFile.number(of: $1), $1) }
        return MigrationError(
            .schemaAhead,
            .validate,
            "the database has migrations that are newer than every file here: \(names.joined(separator: ", "))",
            recovery:
                "run the release that brought them, or allow this with --allow-newer-schema, or name the right directory with --migrations"
        )
    }
}
