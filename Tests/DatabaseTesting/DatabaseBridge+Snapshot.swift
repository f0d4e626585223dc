public import Database

extension DatabaseBridge {
    /// Every object of the schema and every row, without the times of the record: what two databases are compared by.
    public func snapshot() async throws -> [String] {
        try await read { session in
            let schema = try session.rows("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name") {
                (type: $0.text(0), name: $0.text(1), line: "\($0.text(0)) \($0.text(1)): \($0.text(2))")
            }
            var lines = schema.map(\.line)
            for table in schema where table.type == "table" {
                let columns = try session.columns(of: table.name).filter { $0 != "applied_at" }
                let list = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ',' || ")
                lines += try session.rows("SELECT \(list) FROM \"\(table.name)\" ORDER BY 1") { "\(table.name): \($0.text(0))" }
            }
            return lines
        }
    }
}
