import Database

/// Looks at a file's statements while they run on the scratch database.
struct FileObserver {
    /// A file with none of these words loses nothing.
    private static let wordsThatLose: Set<String> = ["alter", "delete", "drop"]

    private let content: MigrationContent
    private let session: any SchemaSession
    private(set) var statements: [ScriptStatement] = []
    private(set) var deletions: [FoundLoss] = []
    /// What the scratch database has refused to tell; the callback that runs statements cannot throw.
    private(set) var failure: (any Error)?
    private(set) var history: SchemaHistory?
    private(set) var current: SchemaState?

    /// The statement that runs, and the schema before it.
    private var running: (statement: CheckedStatement, before: SchemaState)?
    private var isStale = false

    /// - Parameter known: an earlier state of the schema.
    init(_ content: MigrationContent, _ session: any SchemaSession, known: SchemaState) throws {
        self.content = content
        self.session = session
        guard content.hasWord(Self.wordsThatLose) else { return }
        let start = try SchemaState(of: session, known: known)
        (current, history) = (start, SchemaHistory(start: start, session: session))
    }

    /// Before each statement.
    mutating func willRun(_ statement: ScriptStatement) {
        statements.append(statement)
        guard history != nil, failure == nil else { return }
        do {
            try finishRunning()
            try begin(CheckedStatement(statement, in: content))
        } catch {
            failure = error
        }
    }

    /// After the last one.
    mutating func didRun() throws {
        if let failure { throw failure }
        guard history != nil else { return }
        try finishRunning()
        try refresh()
    }

    private mutating func begin(_ statement: CheckedStatement) throws {
        noteDeletion(statement)
        if statement.mayLose {
            try refresh()
            running = current.map { (statement, $0) }
        }
        if statement.changesSchema { isStale = true }
    }

    private mutating func finishRunning() throws {
        guard let (statement, before) = running else { return }
        running = nil
        try refresh()
        if let current { history?.note(statement, before, current, session) }
    }

    private mutating func refresh() throws {
        guard isStale else { return }
        try current?.update(from: session)
        isStale = false
    }

    /// A table that the file itself has made had nothing to lose.
    private mutating func noteDeletion(_ statement: CheckedStatement) {
        guard let name = statement.emptiedTable, let table = history?.start.tables[name]?.object else { return }
        guard history?.currentName(of: name) == name else { return }
        deletions.append(
            FoundLoss(
                .deleteAllRows,
                statement.statement,
                "it deletes every row of \(table.name)",
                "say which rows are meant with WHERE, or accept it with -- parley:allow delete-all-rows REASON"
            )
        )
    }
}
