import Database

extension FilledTrial.Outcome {
    /// The tables that the file has left without rows.
    var emptied: Set<SchemaName> {
        if case .passed(let emptied) = self { emptied } else { [] }
    }

    /// What does not pass once there are rows.
    var finding: FoundLoss? {
        switch self {
        case .passed: nil
        case .failed(let statement, let offset, let error):
            FoundLoss(
                .failsOnFilledTable,
                statement.statement,
                offset: offset,
                "it passes on empty tables, and fails once there are rows: \(error.message)",
                error.safeWay(of: statement)
            )
        case .orphaned(let statement, let broken):
            FoundLoss(
                .failsOnFilledTable,
                statement.statement,
                "it passes on empty tables, and breaks foreign keys once there are rows: \(broken.joined(separator: ", "))",
                "delete the rows that refer to what goes away, or point them elsewhere, in the same file"
            )
        }
    }
}

extension DatabaseError {
    /// What to write instead of a statement that fails on rows.
    fileprivate func safeWay(of statement: CheckedStatement) -> String {
        switch code {
        case .uniqueViolation:
            "rows may have the same values: make them differ, or delete all but one, in the same file before this statement"
        case .notNullViolation:
            "rows may have no value there: give them one first (UPDATE … WHERE … IS NULL), or copy them with coalesce(…)"
        case .checkViolation:
            "rows may have values that the check refuses: change those in the same file before this statement"
        case _ where statement.keyword == "alter":
            "give the column a constant DEFAULT, or build the table anew and fill the column while its rows are copied"
        default:
            "make it pass whatever rows there are, or accept it with -- parley:allow fails-on-filled-table REASON"
        }
    }
}
