public import Database

/// The schema that users see: tables, indexes, views and triggers, as they are at one moment.
///
/// Left out are the record of migrations and what belongs to it, what the engine makes by itself (the index of a UNIQUE column), and the
/// tables that it keeps behind a virtual table, which come and go with that one.
public struct SchemaSnapshot: Sendable {
    /// In the order in which they were made.
    public let objects: [SchemaObject]

    /// Reads the schema of the session's database.
    public init(of session: any Session) throws {
        objects = try session.userObjects().filter { $0.sql != nil }
    }

    private init(objects: [SchemaObject]) {
        self.objects = objects
    }

    /// The same without some tables or views, their indexes and triggers; a name that there is not leaves everything.
    public func without(_ tables: [String]) -> SchemaSnapshot {
        let names = Set(tables.map(SchemaName.init))
        return SchemaSnapshot(objects: objects.filter { !names.contains(SchemaName($0.table)) })
    }

    /// By kind and name, and virtual tables behind the ordinary ones: the same schema has the same order, however it came about, and
    /// each object stands behind those that it needs to be made.
    public var sortedObjects: [SchemaObject] {
        objects.map { (key: SortKey($0), object: $0) }.sorted { $0.key < $1.key }.map(\.object)
    }

    /// What is not as it should be.
    ///
    /// - Parameter expected: the schema as it should be.
    public func differences(from expected: SchemaSnapshot) -> [SchemaDifference] {
        let actual = Dictionary(objects.map { ($0.key, $0) }) { first, _ in first }
        let wanted = Dictionary(expected.objects.map { ($0.key, $0) }) { first, _ in first }
        let lost = expected.sortedObjects.compactMap { object in SchemaDifference(expected: object, actual: actual[object.key]) }
        let added = sortedObjects.filter { wanted[$0.key] == nil }.compactMap { SchemaDifference(expected: nil, actual: $0) }
        return (lost + added).sorted { $0.sortKey < $1.sortKey }
    }
}

extension SchemaSnapshot {
    /// Triggers on views stand behind the views, everything else behind the tables.
    struct SortKey: Comparable {
        private let rank: Int
        private let name: SchemaName

        init(_ object: SchemaObject) {
            rank = object.isVirtualTable ? 1 : [.table: 0, .index: 2, .view: 3, .trigger: 4][object.kind] ?? 5
            name = SchemaName(object.name)
        }

        static func < (first: SortKey, second: SortKey) -> Bool { (first.rank, first.name) < (second.rank, second.name) }
    }
}

extension Session {
    /// The schema without the record of migrations, and without what the engine keeps behind a virtual table, which comes and goes with that one.
    func userObjects() throws -> [SchemaObject] {
        let record = SchemaName(MigrationRecord.table)
        return try schemaObjects().filter { !$0.isShadow && SchemaName($0.table) != record }
    }
}

extension SchemaObject {
    /// What an object is known by: a trigger may have the name of a table.
    struct Key: Hashable {
        let kind: SchemaObject.Kind
        let name: SchemaName
    }

    var key: Key { Key(kind: kind, name: SchemaName(name)) }
}
