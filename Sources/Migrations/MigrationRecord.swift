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
        var applied = try session.rows("SELECT id, filename, checksum, applied_at FROM main.migrations ORDER BY id") { row in
            AppliedMigration(id: row.integer(0), filename: row.text(1), checksum: row.optionalText(2), appliedAt: row.text(3))
        }
        // By the text of the time. They are in this order nearly always: SQLite, which has no index for it, would sort them all the same.
        applied.sort { ($0.appliedAt, $0.id) < ($1.appliedAt, $1.id) }
        return applied
    }

    /// Whether nothing is recorded of a file, as where there is no table yet.
    static func isPending(_ filename: String, in session: any Session) throws -> Bool {
        try session.columns(of: table).isEmpty || checksum(of: filename, in: session) == nil
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
        guard let written, written.checksum == checksum else { throw notWritten(filename, .apply) }
        return written.appliedAt
    }

    /// Completes a row that another program has written without a checksum.
    static func fill(_ filename: String, _ checksum: String, in session: any Session) throws(DatabaseError) {
        try session.execute(
            "UPDATE main.migrations SET checksum = ? WHERE filename = ? AND checksum IS NULL",
            [.text(checksum), .text(filename)]
        )
    }

    /// Adds a row for each migration, all with the same time, and makes sure that they are there.
    static func insertAll(_ migrations: [(filename: String, checksum: String)], in session: any Session) throws {
        // Each row by itself would have the time of its own statement, and the record is read in the order of those times.
        let now = try session.first("SELECT CURRENT_TIMESTAMP") { $0.text(0) } ?? ""
        for (filename, checksum) in migrations {
            let arguments: [Value] = [.text(filename), .text(checksum), .text(now)]
            try session.execute("INSERT INTO main.migrations (filename, checksum, applied_at) VALUES (?, ?, ?)", arguments)
            try require(filename, checksum, in: session)
        }
    }

    /// Changes the checksum of a row, which has to be `recorded` until then, and makes sure that it stays.
    static func replaceChecksum(of filename: String, _ recorded: String, by checksum: String, in session: any Session) throws {
        let arguments: [Value] = [.text(checksum), .text(filename), .text(recorded)]
        try session.execute("UPDATE main.migrations SET checksum = ? WHERE filename = ? AND checksum = ?", arguments)
        try require(filename, checksum, in: session)
    }

    /// Completes a row, as ``fill(_:_:in:)`` does, and makes sure that it stays.
    static func fillForGood(_ filename: String, _ checksum: String, in session: any Session) throws {
        try fill(filename, checksum, in: session)
        try require(filename, checksum, in: session)
    }

    /// Gives a row another name, and the checksum of the file that has it, and makes sure that both stay.
    static func rename(_ filename: String, to name: String, _ checksum: String, in session: any Session) throws {
        let arguments: [Value] = [.text(name), .text(checksum), .text(filename)]
        try session.execute("UPDATE main.migrations SET filename = ?, checksum = ? WHERE filename = ?", arguments)
        guard try self.checksum(of: filename, in: session) == nil else { throw notWritten(name, .record) }
        try require(name, checksum, in: session)
    }

    /// A trigger of another program may have thrown a change away, or changed it.
    private static func require(_ filename: String, _ checksum: String, in session: any Session) throws {
        guard try self.checksum(of: filename, in: session) == .some(checksum) else { throw notWritten(filename, .record) }
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

    private static func notWritten(_ filename: String, _ operation: MigrationOperation) -> MigrationError {
        MigrationError(
            .recordNotWritten,
            operation,
            filename: filename,
            "the record of this migration did not stay in the table \"migrations\"",
            recovery: "remove the triggers from that table and run again"
        )
    }
}
