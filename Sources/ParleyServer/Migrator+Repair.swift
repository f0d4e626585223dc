import Migrations

extension Migrator {
    /// What a repair of the record would do; the database is only read.
    ///
    /// - Throws: ``ApplicationError``.
    public func lookAtRepair() async throws -> RepairReport {
        try await mapped {
            try await inspecting { database in
                RepairReport(try await MigrationRepair(of: database, directory: settings.migrations), isDone: false)
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
