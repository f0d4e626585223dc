import Database

/// The findings about what a file leaves out of the schema that was there before it.
struct SchemaLosses {
    let history: SchemaHistory
    let end: SchemaState
    /// Tables that had rows before the file in a trial, and none after it.
    let emptied: Set<SchemaName>

    var findings: [FoundLoss] {
        let tables = history.start.objects.filter { $0.kind == .table }
        let others = history.start.objects.filter { $0.kind != .table }
        return tables.flatMap(losses) + others.compactMap(lossTakenAlong) + others.compactMap(lossOfView)
    }

    // MARK: - Tables and columns

    private func losses(of table: SchemaObject) -> [FoundLoss] {
        let name = SchemaName(table.name)
        if let now = end.tables[name] { return lostRows(of: table) + lostColumns(of: table, now) }
        if let current = history.currentName(of: name), let now = end.tables[current] {
            return rename(of: table, now) + lostColumns(of: table, now)
        }
        guard let statement = history.droppedTables[name] else { return [] }
        return [
            FoundLoss(
                .dropTable,
                statement,
                "it drops the table \(table.name), with every row in it",
                "first release a version that does not use it any more, and keep a backup; then accept this with "
                    + "-- parley:allow drop-table REASON"
            )
        ]
    }

    /// Dropped and made again: a rebuild, unless nobody has carried the rows over.
    private func lostRows(of table: SchemaObject) -> [FoundLoss] {
        guard let statement = history.droppedTables[SchemaName(table.name)], emptied.contains(SchemaName(table.name)) else { return [] }
        return [
            FoundLoss(
                .dropTable,
                statement,
                "it drops the table \(table.name) and makes it again without its rows: in a trial with some, none was left",
                "copy the rows with INSERT INTO … SELECT before the old table is dropped"
            )
        ]
    }

    /// A view under the old name keeps those working that do not know the new one.
    private func rename(of table: SchemaObject, _ now: SchemaState.Table) -> [FoundLoss] {
        guard let statement = history.renamedTables[SchemaName(table.name)], !end.has(.view, table.name) else { return [] }
        return [
            FoundLoss(
                .renameTable,
                statement,
                "it renames the table \(table.name) to \(now.object.name): programs that know the old name fail",
                "make a view with the old name in the same file, and drop it when nobody uses it any more"
            )
        ]
    }

    private func lostColumns(of table: SchemaObject, _ now: SchemaState.Table) -> [FoundLoss] {
        let (name, present) = (SchemaName(table.name), Set(now.columnNames))
        let lost = history.start.tables[name]?.columns.filter { !present.contains(SchemaName($0)) } ?? []
        return lost.compactMap { column in loss(of: column, SchemaHistory.Column(table: name, name: SchemaName(column)), table, now) }
    }

    private func loss(
        of column: String,
        _ key: SchemaHistory.Column,
        _ table: SchemaObject,
        _ now: SchemaState.Table
    ) -> FoundLoss? {
        let advice =
            "first release a version that does not use it any more, and keep a backup; then accept this with "
            + "-- parley:allow drop-column REASON"
        if let statement = history.droppedColumns[key] {
            return FoundLoss(.dropColumn, statement, "it drops the column \(column) of \(table.name), with what is in it", advice)
        }
        if let (newName, statement) = history.renamedColumns[key], now.columnNames.contains(SchemaName(newName)) {
            return FoundLoss(
                .renameColumn,
                statement,
                "it renames the column \(column) of \(table.name) to \(newName): programs that know the old name fail",
                "add a column with the new name and fill it, keep both until nobody uses the old one, then drop that"
            )
        }
        guard let statement = history.droppedTables[key.table] ?? history.renamedTables[key.table] else { return nil }
        return FoundLoss(.dropColumn, statement, "the rebuild of \(table.name) leaves out its column \(column)", advice)
    }

    // MARK: - Indexes, triggers, views

    private func lossTakenAlong(_ object: SchemaObject) -> FoundLoss? {
        guard object.sql != nil, let statement = history.takenAlong[object.key], !end.keys.contains(object.key) else { return nil }
        guard end.has(.table, object.table) || end.has(.view, object.table) else { return nil }
        guard !end.objects.contains(where: { $0.isEquivalent(to: object) }) else { return nil }
        return FoundLoss(
            object.kind == .index ? .lostIndex : .lostTrigger,
            statement,
            "the \(object.kind.rawValue) \(object.name) goes with \(object.table), which is made again without it",
            "make it again at the end of the file (CREATE \(object.kind.rawValue.uppercased()) \(object.name) …), "
                + "or drop it by a statement of its own"
        )
    }

    private func lossOfView(_ view: SchemaObject) -> FoundLoss? {
        guard view.kind == .view, let statement = history.brokenViews[SchemaName(view.name)], end.has(.view, view.name) else { return nil }
        return FoundLoss(
            .lostView,
            statement,
            "the view \(view.name) cannot be read any more: it names what is gone",
            "drop the view before, and make it again after the change without what is gone"
        )
    }
}

/// A finding whose place in the file is still a statement.
struct FoundLoss {
    let code: MigrationFinding.Code
    let statement: ScriptStatement
    /// The place of the fault, in bytes.
    let offset: Int
    let message: String
    let recovery: String

    init(_ code: MigrationFinding.Code, _ statement: ScriptStatement, offset: Int? = nil, _ message: String, _ recovery: String) {
        self.code = code
        self.statement = statement
        self.offset = offset ?? statement.start
        self.message = message
        self.recovery = recovery
    }
}
