extension MigrationFailure {
    /// The failure as a compiler would print it: place, reason, the line with a caret, what was rolled back, what stays, what to do next.
    ///
    /// ```
    /// migrations/007_x.sql:40:12: error: no such column: titel [statement-failed]
    ///    40 |     SELECT titel FROM conversations;
    ///       |            ^
    ///   rolled back: 007_x.sql, all of it
    ///   next: correct the file and run again: the run continues with it
    /// ```
    ///
    /// - Parameter directory: the migrations directory as the user named it.
    public func diagnosis(directory: String) -> String {
        ([faults(directory: directory), outcome] + backupNote).joined(separator: "\n")
    }

    /// The failure of a run on a copy, which has changed nothing that stays.
    package func rehearsalDiagnosis(directory: String) -> String {
        let before = applied.isEmpty ? "" : "Would be applied before it: \(applied.joined(separator: ", ")). "
        return "\(faults(directory: directory))\n\(before)This was a copy: the database was not changed."
    }

    private func faults(directory: String) -> String {
        errors.map { $0.diagnosis(directory: directory) }.joined(separator: "\n")
    }

    /// How to get back to where the run began; where it has applied nothing, the database is there already.
    private var backupNote: [String] {
        guard let backup, !applied.isEmpty else { return [] }
        let place = database.map { " --database \($0.onOneLine)" } ?? ""
        return ["To have the database as it was before this run: parley backup restore \(backup.onOneLine)\(place)"]
    }

    private var outcome: String {
        let failedInRun = errors.contains { $0.operation == .apply && $0.filename != nil }
        let nothing = "nothing was changed"
        if applied.isEmpty { return failedInRun ? "No migration was applied by this run." : "No migration was run: \(nothing)." }
        return "Applied by this run, and kept: \(applied.joined(separator: ", "))."
    }
}

extension MigrationError {
    /// The error as a compiler would print it.
    ///
    /// - Parameter directory: the migrations directory as the user named it.
    public func diagnosis(directory: String) -> String {
        let path = filename.map { "\(directory)/\($0)" }
        return Diagnosis(severity: .error, path: path, location: location, message: message, code: code.rawValue, facts: facts).text
    }

    private var facts: [String] {
        var facts: [String] = []
        if let statement { facts.append("statement: \(statement) of the file") }
        if operation == .apply, let filename { facts.append("rolled back: \(filename), all of it") }
        facts.append("next: \(recovery)")
        return facts
    }
}
