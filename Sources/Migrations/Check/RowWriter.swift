import Database

/// Writes the made-up rows of one table.
///
/// - Three rows that differ only where a unique index makes them: so every other column has duplicates. In an index over several columns
///   it is now the last and now the first that differs, so each of them has duplicates too.
/// - One row in which everything is NULL that may be; where that is refused, one row for each such column.
struct RowWriter {
    /// One row: its number for columns that are unique by themselves, and which column of a compound index it varies.
    private struct Variation {
        var number: Int
        var variesLast = false
        var variesFirst = false
        var nulls: Set<String> = []
    }

    /// A check over two columns with some twenty candidates each needs about this many.
    private static let mostAttempts = 1500

    private let session: any SchemaSession
    private let table: SchemaObject
    private let shape: TableShape
    private let parents: [String: [Value]]
    private(set) var plan: RowPlan
    private var attempts = 0

    init(_ session: any SchemaSession, _ table: SchemaObject, _ shape: TableShape, _ plan: RowPlan) throws {
        self.session = session
        self.table = table
        self.shape = shape
        self.plan = plan
        parents = try Self.parentValues(shape, session)
    }

    mutating func writeRows() throws {
        guard !plan.isHopeless else { return }
        try session.execute("SAVEPOINT parley_fill")
        if try write(Variation(number: 0)) {
            _ = try write(Variation(number: 1, variesLast: true))
            _ = try write(Variation(number: 2, variesFirst: true))
            try writeRowsWithNulls()
        }
        try session.execute("RELEASE parley_fill")
    }

    private mutating func writeRowsWithNulls() throws {
        let nullable = shape.columns.filter { $0.isNullable && !$0.isGenerated }.map(\.name)
        guard !nullable.isEmpty, try !write(Variation(number: 3, variesLast: true, nulls: Set(nullable))) else { return }
        for (index, column) in nullable.enumerated() {
            _ = try write(Variation(number: 4 + index, variesLast: true, nulls: [column]))
        }
    }

    /// Tries until the row is in, or nothing is left to try.
    private mutating func write(_ variation: Variation) throws -> Bool {
        var variation = variation
        var collisions = 0
        while attempts < Self.mostAttempts {
            attempts += 1
            do throws(DatabaseError) {
                try insert(variation)
                return true
            } catch {
                try requireTransaction()
                switch error.code {
                case .uniqueViolation where collisions < 8:
                    collisions += 1
                    variation.number += 1
                case .checkViolation, .otherConstraintViolation:
                    // A row after the first differs in its numbers only: what fitted the first is not given up for it.
                    guard variation.number == 0, plan.answer(error.message, changeable: changeable) else { return false }
                default: return false
                }
            }
        }
        plan.isHopeless = true
        return false
    }

    /// Columns whose value is free to choose.
    private var changeable: [String] {
        shape.columns.filter { !$0.isGenerated && parents[$0.name] == nil }.map(\.name)
    }

    private func insert(_ variation: Variation) throws(DatabaseError) {
        var names: [String] = []
        var values: [Value] = []
        for column in shape.columns where !column.isGenerated {
            guard let value = value(of: column.name, variation) else { continue }
            names.append(column.name.quotedForSQL)
            values.append(value)
        }
        // OR ABORT, whatever the constraints say: OR ROLLBACK would take the other rows along.
        let target = "INSERT OR ABORT INTO main.\(table.name.quotedForSQL)"
        guard !names.isEmpty else { return _ = try session.execute("\(target) DEFAULT VALUES") }
        let places = names.map { _ in "?" }.joined(separator: ", ")
        try session.execute("\(target) (\(names.joined(separator: ", "))) VALUES (\(places))", values)
    }

    private func value(of column: String, _ variation: Variation) -> Value? {
        if variation.nulls.contains(column) { return .null }
        let number = number(of: column, variation)
        if let parents = parents[column] { return parents[number % parents.count] }
        return plan.value(of: column, number)
    }

    private func number(of column: String, _ variation: Variation) -> Int {
        let reference = shape.references.first { $0.columns.contains(column) }
        // All columns of one reference have to point to the same parent.
        return (reference?.columns ?? [column]).map { ownNumber(of: $0, variation) }.max() ?? 0
    }

    private func ownNumber(of column: String, _ variation: Variation) -> Int {
        for key in shape.uniqueKeys + [shape.primaryKey] where key.contains(column) {
            if key.count == 1 { return variation.number }
            if variation.variesLast && key.last == column { return variation.number }
            if variation.variesFirst && key.first == column { return variation.number }
        }
        return 0
    }

    /// A trigger with RAISE(ROLLBACK) ends the transaction, and what follows would be written for good.
    private func requireTransaction() throws {
        do {
            try session.execute("RELEASE parley_fill")
            try session.execute("SAVEPOINT parley_fill")
        } catch {
            throw TableFiller.TransactionEnded(table: table.name)
        }
    }

    /// What the rows of the parents have in the columns that are referred to. A table that refers to itself has no rows yet: then the
    /// rows refer to themselves, since they get the values of their own keys.
    private static func parentValues(_ shape: TableShape, _ session: any SchemaSession) throws -> [String: [Value]] {
        var values: [String: [Value]] = [:]
        for reference in shape.references {
            let columns = try reference.parentColumns.isEmpty ? session.shape(of: reference.parent).primaryKey : reference.parentColumns
            guard columns.count == reference.columns.count else { continue }
            let rows = rowsOfParent(reference.parent, columns.map(\.quotedForSQL), session)
            guard !rows.isEmpty else { continue }
            for (index, column) in reference.columns.enumerated() { values[column] = rows.map { $0[index] } }
        }
        return values
    }

    /// None where the parent, or a column of it, does not exist, which SQLite allows.
    private static func rowsOfParent(_ parent: String, _ columns: [String], _ session: any SchemaSession) -> [[Value]] {
        let present = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let list = columns.joined(separator: ", ")
        // One order for all columns, so that a key of several columns stays together; made-up values come behind those of earlier files.
        let query = "SELECT \(list) FROM main.\(parent.quotedForSQL) WHERE \(present) ORDER BY \(list) LIMIT 8"
        return (try? session.rows(query) { row in columns.indices.map { row.value($0) } }) ?? []
    }
}
