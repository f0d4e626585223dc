import Database

/// The SQL of the table that records what has been applied. Others read this table too, so it is exactly as Parley has always made it.
enum MigrationRecord {
    static let table = "migrations"

    /// `main.` keeps a temporary table of the same name from standing in for it.
    static func ensure(in session: any Session) throws(DatabaseError) {
        try session.execute(
            """
            CREATE TABLE IF NOT EXISTS main.migrations (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                filename TEXT NOT NULL UNIQUE,
                checksum TEXT,
                applied_at DATETIME DEFAULT CURRENT_TIMESTAMP
            )
            """
        )
    }

    /// Every row, oldest first; none where there is no table yet.
    static func applied(in session: any Session) throws -> [AppliedMigration] {
        let columns = try session.columns(of: table)
        guard !columns.isEmpty else { return [] }
        guard Set(["id", "filename", "checksum", "applied_at"]).isSubset(of: columns) else { throw foreign(columns) }
        return try session.rows("SELECT id, filename, checksum, applied_at FROM main.migrations ORDER BY applied_at, id") { row in
            AppliedMigration(id: row.integer(0), filename: row.text(1), checksum: row.optionalText(2), appliedAt: row.text(3))
        }
    }

    /// What is recorded of one file: nil where nothing is, and a nil checksum where that is not known.
    static func checksum(of filename: String, in session: any Session) throws -> String?? {
        try session.first("SELECT checksum FROM main.migrations WHERE filename = ?", [.text(filename)]) { $0.optionalText(0) }
    }

    /// Adds a row and makes sure that it is there: a trigger may have thrown it away.
    ///
    /// - Returns: its `applied_at`.
    static func insert(_ filename: String, _ checksum: String?, in session: any Session) throws -> String {
        let arguments: [Value] = [.text(filename), checksum.map(Value.text) ?? .null]
        try session.execute("INSERT INTO main.migrations (filename, checksum) VALUES (?, ?)", arguments)
        let written = try session.first("SELECT checksum, applied_at FROM main.migrations WHERE filename = ?", [.text(filename)]) { row in
            (checksum: row.optionalText(0), appliedAt: row.text(1))
        }
        guard let written, written.checksum == checksum else { throw notWritten(filename) }
        return written.appliedAt
    }

    /// Completes a row that another program has written without a checksum.
    static func fill(_ filename: String, _ checksum: String, in session: any Session) throws(DatabaseError) {
        try session.execute(
            "UPDATE main.migrations SET checksum = ? WHERE filename = ? AND checksum IS NULL",
            [.text(checksum), .text(filename)]
        )
    }

    private static func foreign(_ columns: [String]) -> MigrationError {
        MigrationError(
            .foreignRecord,
            .initialize,
            "the table \"migrations\" belongs to another program: its columns are \(columns.joined(separator: ", ")), "
                + "not id, filename, checksum, applied_at",
            recovery: "rename that table, or use another database file"
        )
    }

    private static func notWritten(_ filename: String) -> MigrationError {
        MigrationError(
            .recordNotWritten,
            .apply,
            filename: filename,
            "the record of this migration did not stay in the table \"migrations\"",
            recovery: "remove the triggers from that table and run again"
        )
    }
}
