/// A table, index, view or trigger, as the database describes it.
public struct SchemaObject: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case table, index, view, trigger
    }

    public let kind: Kind
    public let name: String
    /// The table or view that an index or a trigger belongs to; its own name for a table or a view.
    public let table: String
    /// The statement that makes it; nil for what the engine has made by itself, such as the index of a UNIQUE column.
    public let sql: String?
    /// Whether the engine keeps it for a virtual table, and makes and drops it together with that one: SQLite's shadow tables.
    public let isShadow: Bool

    public init(kind: Kind, name: String, table: String, sql: String?, isShadow: Bool = false) {
        self.kind = kind
        self.name = name
        self.table = table
        self.sql = sql
        self.isShadow = isShadow
    }
}
