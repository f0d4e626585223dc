import Database

/// What the schema has at one moment, with the columns of its tables, and without the record of migrations. Unlike ``SchemaSnapshot`` it has
/// what the engine makes by itself too.
struct SchemaState {
    struct Table {
        let object: SchemaObject
        let columns: [String]
        /// Its place among the objects.
        let place: Int

        var columnNames: [SchemaName] { columns.map(SchemaName.init) }
    }

    /// In the order in which they were made.
    private(set) var objects: [SchemaObject] = []
    private(set) var tables: [SchemaName: Table] = [:]
    /// By the table that they belong to.
    private(set) var indexes: [SchemaName: [SchemaObject]] = [:]
    private(set) var keys: Set<SchemaObject.Key> = []
    /// How often something has gone or changed. As long as this stays the same, new objects stand behind those that there were.
    private(set) var changes = 0

    init() {}

    /// - Parameter known: an earlier state; the columns of a table whose SQL is the same are taken from it.
    init(of session: any SchemaSession, known: SchemaState = SchemaState()) throws {
        self = known
        try update(from: session)
    }

    /// Makes it the state of this moment. Most files only make things: then only what is new is looked at.
    mutating func update(from session: any SchemaSession) throws {
        let now = try session.userObjects()
        var known: [SchemaName: Table] = [:]
        if !now.starts(with: objects) {
            known = tables
            (objects, tables, indexes, keys, changes) = ([], [:], [:], [], changes + 1)
        }
        for object in now[objects.count...] { try add(object, known[SchemaName(object.name)], session) }
    }

    private mutating func add(_ object: SchemaObject, _ known: Table?, _ session: any SchemaSession) throws {
        keys.insert(object.key)
        if object.kind == .index { indexes[SchemaName(object.table), default: []].append(object) }
        if object.kind == .table {
            let columns = known?.object == object ? known?.columns : nil
            tables[SchemaName(object.name)] = Table(
                object: object,
                columns: try columns ?? session.columns(of: object.name),
                place: objects.count
            )
        }
        objects.append(object)
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
