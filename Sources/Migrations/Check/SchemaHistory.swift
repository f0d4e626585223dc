import Database

/// What became of the things that a schema had before a file, statement by statement: the facts, of which ``SchemaLosses`` makes findings.
///
/// It compares the schema before a statement with the schema after it. What a statement says is never looked at, but for its first word.
struct SchemaHistory {
    struct Column: Hashable {
        let table: SchemaName
        let name: SchemaName
    }

    let start: SchemaState
    /// Where each table from the start was dropped, under whichever name it had then.
    private(set) var droppedTables: [SchemaName: ScriptStatement] = [:]
    private(set) var renamedTables: [SchemaName: ScriptStatement] = [:]
    /// Where columns were dropped by themselves.
    private(set) var droppedColumns: [Column: ScriptStatement] = [:]
    private(set) var renamedColumns: [Column: (to: String, by: ScriptStatement)] = [:]
    /// What went away together with its table.
    private(set) var takenAlong: [SchemaObject.Key: ScriptStatement] = [:]
    /// Where a view that could be read stopped to be.
    private(set) var brokenViews: [SchemaName: ScriptStatement] = [:]

    /// The name that a table had at the start, by the name that it has now.
    private var origins: [SchemaName: SchemaName]
    /// The same for the columns of these tables.
    private var columnOrigins: [Column: Column]
    private let unreadableAtStart: Set<SchemaName>

    init(start: SchemaState, session: any SchemaSession) {
        self.start = start
        origins = Dictionary(uniqueKeysWithValues: start.tables.keys.map { ($0, $0) })
        let columns = start.tables.flatMap { name, table in table.columnNames.map { Column(table: name, name: $0) } }
        columnOrigins = Dictionary(columns.map { ($0, $0) }) { first, _ in first }
        unreadableAtStart = Set(start.objects.filter { $0.kind == .view && !session.canRead($0) }.map { SchemaName($0.name) })
    }

    mutating func note(_ statement: CheckedStatement, _ before: SchemaState, _ after: SchemaState, _ session: any SchemaSession) {
        let (gone, new) = (before.tables.keys.filter { after.tables[$0] == nil }, after.tables.keys.filter { before.tables[$0] == nil })
        // A statement renames one table or drops one; ALTER never drops.
        if statement.keyword == "alter", let from = gone.first, let to = new.first {
            noteRename(from, to, statement.statement)
        } else {
            for name in gone { noteDrop(name, statement.statement) }
            noteTakenAlong(statement.statement, before, after)
        }
        for (name, table) in before.tables {
            guard let now = after.tables[name], now.columns != table.columns else { continue }
            noteColumns(of: name, table, now, statement.statement)
        }
        noteBrokenViews(after, session, statement.statement)
    }

    // MARK: - Tables

    private mutating func noteDrop(_ name: SchemaName, _ statement: ScriptStatement) {
        if let origin = origins.removeValue(forKey: name) { droppedTables[origin] = statement }
        columnOrigins = columnOrigins.filter { $0.key.table != name }
    }

    private mutating func noteRename(_ from: SchemaName, _ to: SchemaName, _ statement: ScriptStatement) {
        if let origin = origins.removeValue(forKey: from) {
            origins[to] = origin
            renamedTables[origin] = statement
        }
        for (column, origin) in columnOrigins where column.table == from {
            columnOrigins[column] = nil
            columnOrigins[Column(table: to, name: column.name)] = origin
        }
    }

    /// The name that a table of the start has now; nil where it is gone.
    func currentName(of table: SchemaName) -> SchemaName? {
        origins.first { $0.value == table }?.key
    }

    // MARK: - Columns

    private mutating func noteColumns(
        of name: SchemaName,
        _ before: SchemaState.Table,
        _ after: SchemaState.Table,
        _ statement: ScriptStatement
    ) {
        let changed = zip(before.columns, after.columns).filter { SchemaName($0) != SchemaName($1) }
        if before.columns.count == after.columns.count, changed.count == 1 {
            noteColumnRename(in: name, from: changed[0].0, to: changed[0].1, statement)
            return
        }
        for column in Set(before.columnNames).subtracting(after.columnNames) {
            guard let origin = columnOrigins.removeValue(forKey: Column(table: name, name: column)) else { continue }
            droppedColumns[origin] = statement
        }
    }

    private mutating func noteColumnRename(in table: SchemaName, from: String, to: String, _ statement: ScriptStatement) {
        guard let origin = columnOrigins.removeValue(forKey: Column(table: table, name: SchemaName(from))) else { return }
        columnOrigins[Column(table: table, name: SchemaName(to))] = origin
        renamedColumns[origin] = (to, statement)
    }

    // MARK: - Indexes, triggers, views

    /// SQLite drops the indexes and triggers of a table with it, and the triggers of a view. What is dropped by itself is meant.
    private mutating func noteTakenAlong(_ statement: ScriptStatement, _ before: SchemaState, _ after: SchemaState) {
        for object in before.objects where object.kind != .table && !after.keys.contains(object.key) {
            let goesWithIt = !after.has(.table, object.table) && !after.has(.view, object.table) && object.kind != .view
            takenAlong[object.key] = goesWithIt ? statement : nil
        }
    }

    private mutating func noteBrokenViews(_ after: SchemaState, _ session: any SchemaSession, _ statement: ScriptStatement) {
        for view in after.objects where view.kind == .view {
            let name = SchemaName(view.name)
            guard start.has(.view, view.name), !unreadableAtStart.contains(name) else { continue }
            if session.canRead(view) { brokenViews[name] = nil } else { brokenViews[name] = brokenViews[name] ?? statement }
        }
    }
}

extension SchemaSession {
    /// Whether everything that a view names is there.
    fileprivate func canRead(_ view: SchemaObject) -> Bool {
        do {
            try forEachRow(of: "SELECT 1 FROM main.\(view.name.quotedForSQL) LIMIT 0", []) { _ in false }
            return true
        } catch {
            return false
        }
    }
}
