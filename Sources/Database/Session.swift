/// One connection, lent to a closure for the length of a read or a write.
///
/// SQL is written in the subset that engines share, with `?` for placeholders; statements are prepared once for each connection and kept.
/// A session is not `Sendable`: it cannot leave the closure it is lent to.
public protocol Session: AnyObject {
    /// Runs one statement.
    ///
    /// - Returns: how many rows it inserted, updated or deleted.
    /// - Throws: ``DatabaseError``.
    @discardableResult
    func execute(_ sql: String, _ arguments: [Value]) throws(DatabaseError) -> Int

    /// Runs one statement and lends each row of its result to `body`, which returns whether to go on.
    ///
    /// - Throws: ``DatabaseError``, or what `body` throws.
    func forEachRow(of sql: String, _ arguments: [Value], _ body: (borrowing Row) throws -> Bool) throws

    /// The names of a table's columns, in order; empty where there is no such table. A temporary table does not count.
    func columns(of table: String) throws -> [String]

    /// Everything the schema has, in the order in which it was made; temporary objects and the engine's own tables are left out.
    func schemaObjects() throws -> [SchemaObject]
}

extension Session {
    /// Runs one statement without arguments.
    @discardableResult
    public func execute(_ sql: String) throws(DatabaseError) -> Int { try execute(sql, []) }

    /// Every row of a result, made into an element by `element`.
    @inlinable
    public func rows<Element>(
        _ sql: String,
        _ arguments: [Value] = [],
        _ element: (borrowing Row) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try forEachRow(of: sql, arguments) { row in
            elements.append(try element(row))
            return true
        }
        return elements
    }

    /// The first row of a result, made into an element by `element`, or nil where there is none.
    @inlinable
    public func first<Element>(
        _ sql: String,
        _ arguments: [Value] = [],
        _ element: (borrowing Row) throws -> Element
    ) throws -> Element? {
        var found: Element?
        try forEachRow(of: sql, arguments) { row in
            found = try element(row)
            return false
        }
        return found
    }
}
