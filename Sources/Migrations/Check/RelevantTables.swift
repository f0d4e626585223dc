import Database

/// Which tables a file can have to do with, so that not every table is filled for every file. By names alone, so rather one too many:
///
/// - those that the file names, and those that a view or a trigger behind such a name names in turn;
/// - those that refer to one of them, whose rows may lose their parent;
/// - those that one of these refers to, so that its rows have a parent.
struct RelevantTables {
    /// The names in the SQL of each table.
    private var names: [SchemaName: Set<SchemaName>] = [:]
    /// The tables in whose SQL a name stands. The keywords and columns, which every table's SQL has, are never looked up.
    private var mentions: [SchemaName: Set<SchemaName>] = [:]
    /// The names in the SQL of the views and triggers of a name.
    private var followed: [SchemaName: [Set<SchemaName>]] = [:]
    /// How much of the schema has been looked at.
    private var seen = (objects: 0, changes: 0)

    mutating func find(for content: MigrationContent, in schema: SchemaState) -> Set<SchemaName> {
        lookAt(schema)
        let named = named(by: content).filter { names[$0] != nil }
        let children = named.union(named.flatMap { mentions[$0] ?? [] })
        return children.union(children.flatMap { names[$0] ?? [] }.filter { names[$0] != nil })
    }

    /// Only at what is new, unless something has gone or changed.
    private mutating func lookAt(_ schema: SchemaState) {
        if seen.changes != schema.changes { self = RelevantTables() }
        for object in schema.objects[seen.objects...] { add(object) }
        seen = (schema.objects.count, schema.changes)
    }

    private mutating func add(_ object: SchemaObject) {
        let found = Set(SQLTokens(object.sql ?? "").lazy.compactMap(\.name))
        switch object.kind {
        case .table:
            names[SchemaName(object.name)] = found
            for name in found { mentions[name, default: []].insert(SchemaName(object.name)) }
        case .trigger, .view: followed[SchemaName(object.table), default: []].append(found)
        case .index: break
        }
    }

    /// The names in a file, and those to which the triggers and views behind them lead, until there are no new ones.
    private func named(by content: MigrationContent) -> Set<SchemaName> {
        var named = Set(SQLTokens(content.bytes[...]).lazy.compactMap(\.name))
        var rest = Array(named)
        while let name = rest.popLast() {
            for names in followed[name] ?? [] { rest += names.filter { named.insert($0).inserted } }
        }
        return named
    }
}
