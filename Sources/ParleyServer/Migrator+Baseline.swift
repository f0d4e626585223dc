import Migrations

extension Migrator {
    /// Records files as applied, after a replay in memory has proved that the database has the schema that they make.
    ///
    /// - Parameters:
    ///   - target: the number of the last file; nil for all of them.
    ///   - ignored: tables to leave out of the comparison, because another program keeps them.
    ///   - onWait: told, in a line for people, which process is waited for.
    /// - Throws: ``ApplicationError``.
    public func baseline(upTo target: Int?, ignoring ignored: [String] = [], onWait: (String) -> Void = { _ in }) async throws
        -> BaselineReport
    {
        try await mapped {
            let baseline = try await withScratch { scratch in
                try await MigrationBaseline(directory: settings.migrations, upTo: target, scratch: scratch, ignoring: ignored)
            }
            // A look first: opening a database to write it may change its journal mode, and a refusal changes nothing.
            let differences = try await inspecting { database in try await baseline.differences(in: database) }
            guard differences.isEmpty else { return BaselineReport(baseline, differences) }
            return BaselineReport(baseline, try await holding(onWait: onWait) { database in try await baseline.adopt(database) })
        }
    }
}
