import Database

/// Finds out what schema files make, by running them in a database that is thrown away.
struct MigrationReplay {
    let discovery: MigrationDiscovery

    /// Runs the files in the order given, each with its record, as a run does.
    ///
    /// - Parameters:
    ///   - files: each with the checksum that it had when it was looked at.
    ///   - scratch: an empty database.
    /// - Throws: ``MigrationFailure`` with the statement that cannot be replayed.
    func schema(of files: [MigrationPlan.File], in scratch: any DatabaseBridge) async throws(MigrationFailure) -> SchemaSnapshot {
        let plan = MigrationPlan(files: files, applied: [], options: MigrationOptions())
        do {
            return try await scratch.withSchemaSession(SchemaSessionOptions()) { session in
                _ = try MigrationRun(session: session, plan: plan, discovery: discovery) { _ in }.execute()
                return try SchemaSnapshot(of: session)
            }
        } catch {
            throw MigrationFailure(MigrationFailure(any: error, .validate).errors.map(MigrationError.init(replaying:)))
        }
    }
}

extension MigrationError {
    /// What went wrong in a replay: nothing was run where it counts, and nothing there was rolled back.
    fileprivate init(replaying error: MigrationError) {
        switch error.code {
        case .statementFailed, .forbiddenStatement, .foreignKeyViolation, .recordNotWritten:
            self.init(
                error.code,
                .validate,
                filename: error.filename,
                "replayed in an empty database: \(error.message)",
                recovery: "a new database would stop here too: make the files complete, so that they need nothing that none of them makes"
            )
        default:
            self.init(error.code, .validate, filename: error.filename, error.message, recovery: error.recovery)
        }
        (location, statement, cause) = (error.location, error.statement, error.cause)
    }
}
