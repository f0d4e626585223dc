import Database

/// Puts a few made-up rows into tables: rows that satisfy the constraints, as alike as these allow, so that what fails on real rows fails
/// on these as well. Best effort: a check may ask for what nobody guesses.
struct TableFiller {
    /// A trigger or a conflict clause has ended the transaction: there is nothing left to go on with.
    struct TransactionEnded: Error {
        let table: String
    }

    private let session: any SchemaSession
    /// What fitted, for each table as it was then: the next file finds most tables as they were.
    private var plans: [String: RowPlan] = [:]

    init(_ session: any SchemaSession) {
        self.session = session
    }

    /// Fills these tables, parents before their children, and returns those that have no row even so. Virtual tables are left as they
    /// are: what most of them have is what the triggers of another table put there, and other rows would contradict it.
    mutating func fill(_ schema: SchemaState, _ names: Set<SchemaName>) throws -> [String] {
        var empty: [String] = []
        let tables = names.compactMap { schema.tables[$0] }.sorted { $0.place < $1.place }.map(\.object)
        for (table, shape) in try ordered(tables.filter { !$0.isVirtualTable }) {
            if try !fill(table, shape, schema.indexes[SchemaName(table.name)] ?? []) { empty.append(table.name) }
        }
        return empty
    }

    private func ordered(_ tables: [SchemaObject]) throws -> [(SchemaObject, TableShape)] {
        let shapes = Dictionary(try tables.map { (SchemaName($0.name), ($0, try session.shape(of: $0.name))) }) { first, _ in first }
        var order: [(SchemaObject, TableShape)] = []
        var seen: Set<SchemaName> = []
        // An explicit stack: a chain of references may be longer than this thread's.
        var stack = tables.reversed().map { (name: SchemaName($0.name), isDue: false) }
        while let (name, isDue) = stack.popLast() {
            guard let (table, shape) = shapes[name] else { continue }
            if isDue { order.append((table, shape)) }
            guard !isDue, seen.insert(name).inserted else { continue }
            stack.append((name, true))
            stack += shape.references.map { (SchemaName($0.parent), false) }
        }
        return order
    }

    /// Returns whether the table has a row now.
    private mutating func fill(_ table: SchemaObject, _ shape: TableShape, _ indexes: [SchemaObject]) throws -> Bool {
        let key = ([table.sql ?? ""] + indexes.compactMap(\.sql)).joined(separator: ";")
        var writer = try RowWriter(session, table, shape, plans[key] ?? RowPlan(shape, sql: key))
        try writer.writeRows()
        plans[key] = writer.plan
        // A trigger may have thrown the rows away, and earlier files may have left some.
        return try session.hasRows(table.name)
    }
}

extension SchemaSession {
    func hasRows(_ table: String) throws -> Bool {
        try first("SELECT 1 FROM main.\(table.quotedForSQL) LIMIT 1", []) { _ in true } ?? false
    }
}

/// Which candidate each column of a table takes.
struct RowPlan {
    let candidates: [String: [CandidateValues.Series?]]
    private(set) var choice: [String: Int] = [:]
    /// How often each complaint has been answered by another choice.
    private var answers: [String: Int] = [:]
    /// Everything has been tried: the next file need not try it again.
    var isHopeless = false
    private let sql: String

    init(_ shape: TableShape, sql: String) {
        let literals = CandidateValues.Literals(of: sql)
        let pairs = shape.columns.map { ($0.name, CandidateValues(for: $0, literals: literals).all) }
        candidates = Dictionary(pairs) { first, _ in first }
        self.sql = sql
    }

    /// What a column gets in the row of this number; nil leaves it to its default.
    func value(of column: String, _ number: Int) -> Value? {
        candidates[column]?[choice[column] ?? 0]?(number)
    }

    /// Takes the next combination of candidates for the columns that a failed check is about; false where all have been tried.
    mutating func answer(_ complaint: String, changeable: [String]) -> Bool {
        let blamed = blamed(by: complaint, changeable)
        var rest = (answers[complaint] ?? 0) + 1
        answers[complaint] = rest
        for column in blamed {
            let count = candidates[column]?.count ?? 1
            choice[column] = rest % count
            rest /= count
        }
        if rest > 0 { isHopeless = true }
        return !isHopeless
    }

    /// The columns that the message names, or those of the check whose name it gives; else all.
    private func blamed(by complaint: String, _ columns: [String]) -> [String] {
        let named = names(in: SQLTokens(complaint), columns)
        if !named.isEmpty { return named }
        let tokens = Array(SQLTokens(sql))
        let words = Set(SQLTokens(complaint).compactMap(\.name))
        guard let start = tokens.indices.first(where: { tokens[$0].isWord("constraint") && tokens.isName(at: $0 + 1, among: words) })
        else { return columns }
        let check = names(in: tokens[start...].balanced, columns)
        return check.isEmpty ? columns : check
    }

    private func names(in tokens: some Sequence<SQLToken>, _ columns: [String]) -> [String] {
        let names = Set(tokens.filter(\.isName).compactMap(\.name))
        return columns.filter { names.contains(SchemaName($0)) }
    }
}

extension Array where Element == SQLToken {
    fileprivate func isName(at index: Int, among names: Set<SchemaName>) -> Bool {
        index < count && self[index].name.map(names.contains) ?? false
    }
}

extension ArraySlice where Element == SQLToken {
    /// Up to the end of the first parentheses.
    fileprivate var balanced: ArraySlice<SQLToken> {
        var depth = 0
        for index in indices {
            if self[index].isSymbol("(") { depth += 1 }
            if self[index].isSymbol(")") { depth -= 1 }
            if self[index].isSymbol(")"), depth == 0 { return self[startIndex...index] }
        }
        return self
    }
}
