extension SQLiteSchemaSession {
    func foreignKeyViolations() throws -> [ForeignKey: Int] {
        do {
            // The check visits every table, which a thousand scripts on a thousand tables would feel.
            guard try mayHaveForeignKeys() else { return [:] }
            // https://www.sqlite.org/pragma.html#pragma_foreign_key_check: child table, rowid, parent table, number of the key
            return try violations(of: "PRAGMA foreign_key_check", [], table: 0, parent: 2, number: 3)
        } catch let error as DatabaseError where error.isForeignKeyMismatch {
            return try violationsTableByTable()
        }
    }

    /// Whether a table may refer to another one. Nothing but a script with the word in it, or another process, can make the first that does.
    private func mayHaveForeignKeys() throws -> Bool {
        let version = try first("PRAGMA data_version") { $0.integer(0) }
        if let known = foreignKeys, known.version == version || known.arePossible { return known.arePossible }
        let query = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%references%' LIMIT 1"
        let arePossible = try first(query, [], { $0.integer(0) }) != nil
        foreignKeys = (version, arePossible)
        return arePossible
    }

    /// One key that does not fit makes SQLite refuse to check any: then the others are checked by themselves.
    private func violationsTableByTable() throws -> [ForeignKey: Int] {
        let query = "SELECT \"table\", parent, fkid FROM pragma_foreign_key_check(?)"
        var all: [ForeignKey: Int] = [:]
        for table in try rows("SELECT name FROM main.sqlite_schema WHERE type = 'table'", [], { $0.text(0) }) {
            do {
                let found = try violations(of: query, [.text(table)], table: 0, parent: 1, number: 2)
                all.merge(found) { $1 }
            } catch let error as DatabaseError where error.isForeignKeyMismatch {
                all[ForeignKey(table: table, columns: [], parent: error.mismatchedParent)] = 1
            }
        }
        return all
    }

    private func violations(of sql: String, _ arguments: [Value], table: Int, parent: Int, number: Int) throws -> [ForeignKey: Int] {
        struct Key: Hashable {
            let table, parent: String
            let number: Int
        }
        var counts: [Key: Int] = [:]
        try forEachRow(of: sql, arguments) { row in
            counts[Key(table: row.text(table), parent: row.text(parent), number: row.integer(number)), default: 0] += 1
            return true
        }
        // Numbers change when a table gets another key, columns do not.
        return Dictionary(
            try counts.map { key, count in
                (ForeignKey(table: key.table, columns: try columns(ofKey: key.number, in: key.table), parent: key.parent), count)
            },
            uniquingKeysWith: +
        )
    }

    private func columns(ofKey number: Int, in table: String) throws -> [String] {
        let arguments: [Value] = [.text(table), .integer(Int64(number))]
        return try rows("SELECT \"from\" FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq", arguments) { $0.text(0) }
    }
}

// <https://www.sqlite.org/foreignkeys.html#fk_indexes>; SQLite has no code of its own for it.
extension DatabaseError {
    fileprivate var isForeignKeyMismatch: Bool { code == .invalidStatement && message.hasPrefix("foreign key mismatch") }

    /// foreign key mismatch - "child" referencing "parent"
    fileprivate var mismatchedParent: String {
        String(message.split(separator: " referencing ").last?.dropFirst().dropLast() ?? "")
    }
}
