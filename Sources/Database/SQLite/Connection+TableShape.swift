extension Connection {
    /// See <https://www.sqlite.org/pragma.html#pragma_table_xinfo> and the pragmas beside it.
    func shape(of table: String) throws -> TableShape {
        let columns = try tableColumns(of: table)
        return TableShape(
            columns: columns.map(\.column),
            primaryKey: columns.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }.map(\.column.name),
            uniqueKeys: try uniqueKeys(of: table),
            references: try references(of: table)
        )
    }

    private func tableColumns(of table: String) throws -> [(column: TableShape.Column, keyPosition: Int)] {
        let query = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1"
        return try rows(query, [.text(table)]) { row in
            // SQLite allows NULL in most primary keys, an error of its early days that no schema means.
            let isNullable = row.integer(2) == 0 && row.integer(4) == 0
            let hasDefault = !row.isNull(3) && row.text(3).uppercased() != "NULL"
            let column = TableShape.Column(
                name: row.text(0),
                type: row.text(1),
                isNullable: isNullable,
                hasDefault: hasDefault,
                isGenerated: row.integer(5) > 1
            )
            return (column, row.integer(4))
        }
    }

    private func uniqueKeys(of table: String) throws -> [[String]] {
        let indexes = try rows("SELECT name FROM pragma_index_list(?, 'main') WHERE \"unique\"", [.text(table)]) { $0.text(0) }
        return try indexes.map { index in
            let query = "SELECT name FROM pragma_index_info(?, 'main') WHERE name IS NOT NULL ORDER BY seqno"
            return try rows(query, [.text(index)]) { $0.text(0) }
        }
    }

    private func references(of table: String) throws -> [TableShape.Reference] {
        let query = "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq"
        let parts = try rows(query, [.text(table)]) { row in
            (number: row.integer(0), parent: row.text(1), column: row.text(2), parentColumn: row.optionalText(3))
        }
        return Dictionary(grouping: parts, by: \.number).sorted { $0.key < $1.key }.map { _, key in
            TableShape.Reference(columns: key.map(\.column), parent: key[0].parent, parentColumns: key.compactMap(\.parentColumn))
        }
    }
}
