public import Database

/// One object that a database has and should not have, lacks, or has in another form.
public struct SchemaDifference: Sendable, Hashable {
    /// Which of the two has the object.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The migrations make it, and the database does not have it.
        case missing
        /// The database has it, and no migration makes it.
        case unexpected
        /// Both have it, and not the same.
        case different
    }

    /// Which of the two has the object.
    public let state: State
    /// What the object is.
    public let kind: SchemaObject.Kind
    /// What the object is called.
    public let name: String
    /// The table or view that an index or a trigger belongs to; its own name for a table or a view.
    public let table: String
    /// The statement by which the migrations make it.
    public let expected: String?
    /// The statement that the database has.
    public let actual: String?

    /// Nil for equal objects.
    init?(expected: SchemaObject?, actual: SchemaObject?) {
        guard let object = actual ?? expected else { return nil }
        if let first = expected?.sql, let second = actual?.sql, SchemaTokens(first) == SchemaTokens(second) { return nil }
        state = expected == nil ? .unexpected : actual == nil ? .missing : .different
        (kind, name, table) = (object.kind, object.name, object.table)
        (self.expected, self.actual) = (expected?.sql, actual?.sql)
    }

    var sortKey: SchemaSnapshot.SortKey {
        SchemaSnapshot.SortKey(SchemaObject(kind: kind, name: name, table: table, sql: actual ?? expected))
    }
}
