/// The state of one migration. A plan knows no `running`, `failed` and `skipped`: those are for whoever follows a run.
public enum MigrationStatus: String, Sendable, Hashable, CaseIterable {
    /// It has a file, and the next run applies it.
    case pending
    /// A run is in its file.
    case running
    /// Its file ran, and its record was committed with it.
    case applied
    /// It failed in this run, and was rolled back.
    case failed
    /// It was not run, because one before it failed.
    case skipped
    /// It is applied, and its file has been edited since.
    case modified
    /// It is applied, its file is gone, and there are later files.
    case missing
    /// It is applied under another name with the same number.
    case renamed
    /// It is pending, and its number is below that of one that is applied.
    case outOfOrder = "out_of_order"
}
