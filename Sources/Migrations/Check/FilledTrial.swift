import Database

/// Runs a file on tables that have rows, and takes everything back: what passes on the empty tables of a test may fail on the filled ones
/// of a user.
struct FilledTrial {
    enum Outcome {
        /// It passed; these tables had rows before it, and none after it.
        case passed(emptied: Set<SchemaName>)
        case failed(statement: CheckedStatement, offset: Int, DatabaseError)
        /// It left rows without a parent, since this statement.
        case orphaned(statement: CheckedStatement, [String])
    }

    /// A file with none of these words does not look at rows.
    private static let wordsThatTouchRows: Set<String> = ["alter", "delete", "drop", "index", "insert", "replace", "select", "update"]

    private let session: any SchemaSession
    private var filler: TableFiller
    private var relevant = RelevantTables()
    /// The schema before the last file that was tried.
    private(set) var schema = SchemaState()
    /// Tables that no row could be made up for, each told once.
    private(set) var unfilled: Set<String> = []
    /// Tables whose triggers end the transaction.
    private var hostile: Set<SchemaName> = []

    init(_ session: any SchemaSession) {
        self.session = session
        filler = TableFiller(session)
    }

    /// - Throws: ``Database/DatabaseError`` when the scratch database fails, and not the file.
    mutating func run(_ content: MigrationContent) throws -> Outcome {
        guard !content.runsAlone, content.hasWord(Self.wordsThatTouchRows) else { return .passed(emptied: []) }
        let outcome = try attempt(content, watchingOrphans: false)
        guard case .orphaned = outcome else { return outcome }
        // Looking after each statement is slow, so it is done once it is known that there is something to find.
        return try attempt(content, watchingOrphans: true)
    }

    /// Tries again without the tables that stand in the way.
    private mutating func attempt(_ content: MigrationContent, watchingOrphans: Bool) throws -> Outcome {
        var excluded = hostile
        while true {
            do {
                let outcome = try attempt(content, except: excluded, watchingOrphans)
                // A row written by hand met one that is made up: which rows a user has instead, nobody knows.
                guard let table = outcome.collision, excluded.insert(table).inserted else { return outcome }
            } catch let end as TableFiller.TransactionEnded {
                unfilled.insert(end.table)
                guard hostile.insert(SchemaName(end.table)).inserted else { throw DatabaseError.transactionLost }
                excluded.formUnion(hostile)
            }
        }
    }

    private mutating func attempt(_ content: MigrationContent, except excluded: Set<SchemaName>, _ watchesOrphans: Bool) throws -> Outcome {
        do {
            return try session.transaction {
                try schema.update(from: session)
                let names = relevant.find(for: content, in: schema)
                unfilled.formUnion(try filler.fill(schema, names.subtracting(excluded)))
                throw TrialOver(outcome: try outcome(of: content, on: names.compactMap { schema.tables[$0]?.object }, watchesOrphans))
            }
        } catch let over as TrialOver {
            return over.outcome
        }
    }

    /// What is thrown so that the transaction is rolled back.
    private struct TrialOver: Error {
        let outcome: Outcome
    }

    private func outcome(of content: MigrationContent, on tables: [SchemaObject], _ watchesOrphans: Bool) throws -> Outcome {
        let filled = try tables.filter { try hasRows($0) == true }
        guard !filled.isEmpty else { return .passed(emptied: []) }
        let before = try session.foreignKeyViolations()
        var last: CheckedStatement?
        var orphansSince: CheckedStatement?
        do {
            try session.run(content.script, rules: ScriptRules(protectedTable: MigrationRecord.table)) { statement in
                if watchesOrphans { orphansSince = hasOrphans(since: before) ? orphansSince ?? last : nil }
                last = CheckedStatement(statement, in: content)
            }
        } catch {
            guard error.cause.isAboutTheStatement else { throw error.cause }
            let place = ScriptStatement(number: error.statement, range: error.offset..<error.offset, start: error.offset)
            // A statement that does not even parse has not been told of.
            let failed = last?.statement.number == error.statement ? last : nil
            return .failed(statement: failed ?? CheckedStatement(place, in: content), offset: error.offset, error.cause)
        }
        let broken = ForeignKey.newViolations(before, try session.foreignKeyViolations())
        if !broken.isEmpty, let statement = orphansSince ?? last { return .orphaned(statement: statement, broken) }
        return .passed(emptied: try emptied(filled))
    }

    private func hasOrphans(since before: [ForeignKey: Int]) -> Bool {
        guard let now = try? session.foreignKeyViolations() else { return false }
        return !ForeignKey.newViolations(before, now).isEmpty
    }

    private func emptied(_ filled: [SchemaObject]) throws -> Set<SchemaName> {
        let empty = try filled.filter { try !session.columns(of: $0.name).isEmpty && hasRows($0) == false }
        guard !empty.isEmpty else { return [] }
        // A view may have taken the place of one.
        let end = try SchemaState(of: session, known: schema)
        return Set(empty.lazy.filter { end.has(.table, $0.name) }.map { SchemaName($0.name) })
    }

    /// Nil for a virtual table that cannot be read, because the table behind it is gone.
    private func hasRows(_ table: SchemaObject) throws -> Bool? {
        do {
            return try session.hasRows(table.name)
        } catch let error as DatabaseError where table.isVirtualTable && error.isAboutTheStatement {
            return nil
        }
    }
}

extension FilledTrial.Outcome {
    /// The table into which the file inserts a row that has the key of another one.
    fileprivate var collision: SchemaName? {
        guard case .failed(let statement, _, let error) = self, error.code == .uniqueViolation else { return nil }
        return statement.insertedTable
    }
}

extension DatabaseError {
    /// Whether another database would say the same of it. A database in memory is not corrupt: a virtual table says so of its own rows.
    var isAboutTheStatement: Bool {
        switch code {
        case .busy, .heldByAnotherProcess, .interrupted, .timedOut, .storageFull, .ioFailure, .notADatabase, .replaced, .readOnly,
            .cannotOpen,
            .outOfMemory, .closed:
            false
        default: true
        }
    }
}
