/// A row of the `migrations` table: a migration that has been applied.
public struct AppliedMigration: Sendable, Hashable {
    /// The row's number, in the order of application.
    public let id: Int
    /// The name that the file had when it was applied.
    public let filename: String
    /// `sha256:<hex>`, or nil where the row was written by a program that does not keep checksums.
    public let checksum: String?
    /// UTC, as SQLite's CURRENT_TIMESTAMP writes it: `2026-11-21 07:58:05`.
    public let appliedAt: String
}
