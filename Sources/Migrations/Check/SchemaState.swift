import Database

/// What the schema has at one moment, with the columns of its tables, and without the record of migrations. Unlike ``SchemaSnapshot`` it has
/// what the engine makes by itself too.
struct SchemaState {
    struct Table {
        let object: SchemaObject
        let columns: [String]

        var columnNames: [SchemaName] { columns.map(SchemaName.init) }
    }

    /// In the order in which they were made.
    let objects: [SchemaObject]
    let tables: [SchemaName: Table]
    let keys: Set<SchemaObject.Key>

    /// - Parameter known: an earlier snapshot; the columns of a table whose SQL is the same are taken from it.
    init(of session: any SchemaSession, known: SchemaState? = nil) throws {
        objects = try session.userObjects()
        keys = Set(objects.map(\.key))
        var tables: [SchemaName: Table] = [:]
        for object in objects where object.kind == .table {
            if let table = known?.tables[SchemaName(object.name)], table.object == object {
                tables[SchemaName(object.name)] = table
            } else {
                tables[SchemaName(object.name)] = Table(object: object, columns: try session.columns(of: object.name))
            }
        }
        self.tables = tables
    }

    func has(_ kind: SchemaObject.Kind, _ name: String) -> Bool { keys.contains(SchemaObject.Key(kind: kind, name: SchemaName(name))) }
}

extension SchemaObject {
    /// SQLite writes this beginning itself, whatever the script has written.
    var isVirtualTable: Bool { kind == .table && sql?.utf8.starts(with: "CREATE VIRTUAL TABLE".utf8) ?? false }

    /// Whether another object does the same under another name.
    func isEquivalent(to other: SchemaObject) -> Bool {
        guard kind == other.kind, let sql, let otherSQL = other.sql else { return false }
        return tokens(of: sql, without: name) == tokens(of: otherSQL, without: other.name)
    }

    /// Names without their quotes, which SQLite adds to some when it renames a table. Only the first place of the name is left out: a column
    /// may have it too.
    private func tokens(of sql: String, without name: String) -> [SQLToken] {
        let name = SQLToken(.word, name.utf8)
        var tokens = SQLTokens(sql).map { $0.isName ? SQLToken(.word, $0.bytes) : $0 }
        if let place = tokens.firstIndex(of: name) { tokens.remove(at: place) }
        return tokens
    }
}
