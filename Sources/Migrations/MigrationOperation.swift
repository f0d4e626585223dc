/// What the engine was doing when an error occurred.
public enum MigrationOperation: String, Sendable, Hashable, CaseIterable {
    /// Listing the directory and reading the files.
    case discover
    /// Comparing files with each other and with the record, before anything runs.
    case validate
    /// Creating or reading the record.
    case initialize
    /// Making the backup that a run begins with.
    case backUp
    /// Running a script, or writing its record.
    case apply
    /// Changing the record alone, without running a script: a baseline, a repair.
    case record
}
