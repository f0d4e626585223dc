import Migrations

extension Migrator {
    /// What a repair of the record would do; edited files are replayed in memory, and the database is only read.
    ///
    /// - Parameter ignored: tables to leave out of the comparison, because another program keeps them.
    /// - Throws: ``ApplicationError``.
    public func lookAtRepair(ignoring ignored: [String] = []) async throws -> RepairReport {
        try await mapped {
            try await inspecting { database in
                try await withScratch { scratch in
                    let repair = try await MigrationRepair(
                        of: database,
                        directory: settings.migrations,
                        scratch: scratch,
                        ignoring: ignored,
                        options: MigrationOptions(settings)
                    )
                    return RepairReport(repair, isDone: false)
                }
            }
        }
    }

    /// Does what was shown, or nothing if record or files have changed since.
    ///
    /// - Parameter onWait: told, in a line for people, which process is waited for.
    /// - Throws: ``ApplicationError``.
    public func carryOut(_ shown: RepairReport, onWait: (String) -> Void = { _ in }) async throws -> RepairReport {
        try await mapped {
            try await holding(onWait: onWait) { database in try await shown.repair.carryOut(on: database) }
            return RepairReport(shown.repair, isDone: true)
        }
    }
}
