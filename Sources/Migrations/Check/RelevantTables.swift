import Database

/// Which tables a file can have to do with, so that not every table is filled for every file. By names alone, so rather one too many:
///
/// - those that the file names, and those that a view or a trigger behind such a name names in turn;
/// - those that refer to one of them, whose rows may lose their parent;
/// - those that one of these refers to, so that its rows have a parent.
struct RelevantTables {
    /// The names in the SQL of each object; the next file finds most of them as they were.
    private var known: [String: Set<SchemaName>] = [:]

    mutating func find(for content: MigrationContent, in snapshot: SchemaState) -> Set<SchemaName> {
        guard !snapshot.tables.isEmpty else { return [] }
        let objects = snapshot.objects.map { (object: $0, names: names(in: $0.sql ?? "")) }
        let tables = objects.filter { $0.object.kind == .table }.map { (name: SchemaName($0.object.name), names: $0.names) }
        // Without the keywords and columns, which every table's SQL has.
        let named = Self.named(content, objects).intersection(tables.map(\.name))
        let children = tables.filter { named.contains($0.name) || !$0.names.isDisjoint(with: named) }
        let parents = children.reduce(into: Set<SchemaName>()) { $0.formUnion($1.names) }
        return Set(tables.map(\.name)).intersection(parents.union(children.map(\.name)))
    }

    private typealias Named = (object: SchemaObject, names: Set<SchemaName>)

    private static func named(_ content: MigrationContent, _ objects: [Named]) -> Set<SchemaName> {
        var named = Set(SQLTokens(content.bytes[...]).lazy.compactMap(\.name))
        // Triggers and views lead to further names, until there are no new ones.
        var others = objects.filter { $0.object.kind == .trigger || $0.object.kind == .view }
        while let index = others.firstIndex(where: { named.contains(SchemaName($0.object.table)) }) {
            named.formUnion(others.remove(at: index).names)
        }
        return named
    }

    private mutating func names(in sql: String) -> Set<SchemaName> {
        if let names = known[sql] { return names }
        let names = Set(SQLTokens(sql).lazy.compactMap(\.name))
        known[sql] = names
        return names
    }
}
