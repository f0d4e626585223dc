/// What ``MigrationCheck`` has found in a directory.
public struct MigrationCheckResult: Sendable, Hashable {
    /// The directory, as it was named by the user.
    public let directory: String
    /// The migration files, in order; those with a name that cannot be are only in ``errors``.
    public let files: [MigrationFile]
    /// Everything that a run would stop for.
    public let errors: [MigrationError]
    /// What is valid, and worth a thought; the accepted ones too.
    public let findings: [MigrationFinding]
    /// What could not be looked at, each in a sentence.
    public let notes: [String]
    /// The number that the next file gets; nil where the directory cannot be read.
    public let nextVersion: String?

    /// The findings that nobody has accepted.
    public var standing: [MigrationFinding] { findings.filter { $0.acceptedBecause == nil } }
    /// The findings that a directive accepts.
    public var accepted: [MigrationFinding] { findings.filter { $0.acceptedBecause != nil } }
    /// Whether nothing stands.
    public var isClean: Bool { errors.isEmpty && standing.isEmpty }
}
