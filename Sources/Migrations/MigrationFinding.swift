/// Something in a migration file that is valid, and that its author should have thought about: what `parley migrate check` reports.
public struct MigrationFinding: Sendable, Hashable {
    /// What was found. Each code has a page: `docs/checks/<code>.md`.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A table, with its rows, is gone.
        case dropTable = "drop-table"
        /// A column, with what is in it, is gone.
        case dropColumn = "drop-column"
        /// A release that is still running, or one that is gone back to, knows the table by its old name.
        case renameTable = "rename-table"
        /// The same for a column.
        case renameColumn = "rename-column"
        /// `DELETE` without `WHERE`.
        case deleteAllRows = "delete-all-rows"
        /// It passes on empty tables, and fails once there are rows.
        case failsOnFilledTable = "fails-on-filled-table"
        /// A rebuilt table comes out without an index that it had.
        case lostIndex = "lost-index"
        /// A rebuilt table comes out without a trigger that it had.
        case lostTrigger = "lost-trigger"
        /// A view that was there before the file is not there after it.
        case lostView = "lost-view"
        /// A directive allows what the statement below it does not do.
        case unusedAllow = "unused-allow"
    }

    /// What was found.
    public let code: Code
    /// The file that it was found in.
    public let filename: String
    /// The place of the statement in the file.
    public let location: SourceLocation?
    /// The number of the statement in the file, from 1.
    public let statement: Int
    /// A sentence: what it does.
    public let message: String
    /// A sentence: the safe way to do it.
    public let recovery: String
    /// The reason given by a directive that accepts it; nil for a finding that stands.
    public let acceptedBecause: String?

    public init(
        _ code: Code,
        filename: String,
        location: SourceLocation?,
        statement: Int,
        _ message: String,
        recovery: String,
        acceptedBecause: String? = nil
    ) {
        self.code = code
        self.filename = filename
        self.location = location
        self.statement = statement
        self.message = message
        self.recovery = recovery
        self.acceptedBecause = acceptedBecause
    }
}

extension MigrationFinding {
    /// The finding as a compiler would print a warning; one that is accepted is a note with the reason.
    ///
    /// - Parameter directory: the migrations directory as the user named it.
    public func diagnosis(directory: String) -> String {
        let accepted = acceptedBecause.map { ["accepted: \($0)"] }
        return Diagnosis(
            severity: accepted == nil ? .warning : .note,
            path: "\(directory)/\(filename)",
            location: location,
            message: message,
            code: code.rawValue,
            facts: accepted ?? ["next: \(recovery)"]
        ).text
    }
}
