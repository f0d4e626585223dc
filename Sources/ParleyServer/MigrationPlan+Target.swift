public import Migrations

extension MigrationPlan {
    /// What a run tells that was asked for files up to a number and has found nothing to apply; nil where it was asked for all of them, or where
    /// they are all that there is.
    ///
    /// `nothing to do up to 001: 1 migration applied before; 1 applied behind it is not undone; 2 stay pending`
    public func nothingToDo(upTo target: Int?) -> String? {
        guard let target, let file = entries.first(where: { Int($0.version) == target }) else { return nil }
        let before = entries.count { $0.appliedAt != nil && (Int($0.version) ?? 0) <= target }
        let behind = entries.count { $0.appliedAt != nil && (Int($0.version) ?? 0) > target }
        let waiting = entries.count { $0.appliedAt == nil }
        guard behind + waiting > 0 else { return nil }
        return [
            "nothing to do up to \(file.version): \(SchemaReport.count(before, "migration")) applied before",
            behind == 0 ? nil : "\(behind) applied behind it \(behind == 1 ? "is" : "are") not undone",
            waiting == 0 ? nil : "\(waiting) \(waiting == 1 ? "stays" : "stay") pending",
        ].compactMap(\.self).joined(separator: "; ")
    }
}
