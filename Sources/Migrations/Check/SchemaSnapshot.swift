import Database

/// What the schema has at one moment, without the record of migrations.
struct SchemaSnapshot {
    struct Key: Hashable {
        let kind: SchemaObject.Kind
        let name: FoldedName
    }

    struct Table {
        let object: SchemaObject
        let columns: [String]

        var columnNames: [FoldedName] { columns.map(FoldedName.init) }
    }

    /// In the order in which they were made.
    let objects: [SchemaObject]
    let tables: [FoldedName: Table]
    let keys: Set<Key>

    /// - Parameter known: an earlier snapshot; the columns of a table whose SQL is the same are taken from it.
    init(of session: any SchemaSession, known: SchemaSnapshot? = nil) throws {
        objects = try Self.userObjects(in: session)
        keys = Set(objects.map(\.key))
        var tables: [FoldedName: Table] = [:]
        for object in objects where object.kind == .table {
            if let table = known?.tables[FoldedName(object.name)], table.object == object {
                tables[FoldedName(object.name)] = table
            } else {
                tables[FoldedName(object.name)] = Table(object: object, columns: try session.columns(of: object.name))
            }
        }
        self.tables = tables
    }

    func has(_ kind: SchemaObject.Kind, _ name: String) -> Bool { keys.contains(Key(kind: kind, name: FoldedName(name))) }

    /// What a migration may lose. The tables inside a virtual table come and go with it.
    private static func userObjects(in session: any SchemaSession) throws -> [SchemaObject] {
        let record = FoldedName(MigrationRecord.table)
        let objects = try session.schemaObjects().filter { FoldedName($0.table) != record }
        let prefixes = objects.filter(\.isVirtualTable).map { $0.name.lowercased() + "_" }
        guard !prefixes.isEmpty else { return objects }
        return objects.filter { object in !prefixes.contains { object.table.lowercased().hasPrefix($0) } }
    }
}

extension SchemaObject {
    var key: SchemaSnapshot.Key { SchemaSnapshot.Key(kind: kind, name: FoldedName(name)) }

    /// SQLite writes this beginning itself, whatever the script has written.
    var isVirtualTable: Bool { kind == .table && sql?.utf8.starts(with: "CREATE VIRTUAL TABLE".utf8) ?? false }

    /// Whether another object does the same under another name.
    func isEquivalent(to other: SchemaObject) -> Bool {
        guard kind == other.kind, let sql, let otherSQL = other.sql else { return false }
        return tokens(of: sql, without: name) == tokens(of: otherSQL, without: other.name)
    }

    /// Names without their quotes, which SQLite adds to some when it renames a table.
    private func tokens(of sql: String, without name: String) -> [SQLToken] {
        SQLTokens(sql).map { $0.isName ? SQLToken(kind: .word, text: $0.text.lowercased()) : $0 }
            .filter { !$0.isName || $0.text != name.lowercased() }
    }
}
