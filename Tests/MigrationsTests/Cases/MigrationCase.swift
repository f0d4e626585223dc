import Database
import DatabaseTesting
import Migrations
import Testing

/// A directory of files and what a run makes of it. Each row of these tables has broken a real migration tool.
struct MigrationCase: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// Every file named is applied, in this order, and afterwards the query, if any, has these rows.
        case applies([String], leaving: (query: String, rows: [String])? = nil)
        /// The run fails with these errors, such as `001_a.sql:2:1 forbidden-statement`, and only the files named were applied.
        case fails([String], applied: [String] = [])
    }

    let testDescription: String
    /// What an earlier run had applied.
    let earlier: [String: FileContent]
    /// Statements that another program ran before.
    let setUp: [String]
    let files: [String: FileContent]
    let options: MigrationOptions
    let outcome: Outcome

    init(
        _ description: String,
        after earlier: [String: FileContent] = [:],
        setUp: [String] = [],
        _ files: [String: FileContent],
        options: MigrationOptions = MigrationOptions(),
        _ outcome: Outcome
    ) {
        testDescription = description
        self.earlier = earlier
        self.setUp = setUp
        self.files = files
        self.options = options
        self.outcome = outcome
    }

    /// One file `001_a.sql` that fails at `position` with `code`.
    init(_ description: String, setUp: [String] = [], sql: FileContent, at position: String, _ code: MigrationError.Code) {
        self.init(description, setUp: setUp, ["001_a.sql": sql], .fails(["001_a.sql:\(position) \(code.rawValue)"]))
    }

    /// One file `001_a.sql` that is applied and leaves these rows.
    init(_ description: String, setUp: [String] = [], sql: FileContent, query: String, rows: [String]) {
        self.init(description, setUp: setUp, ["001_a.sql": sql], .applies(["001_a.sql"], leaving: (query, rows)))
    }
}

extension MigrationCase {
    /// A database in the state before the run, beside a directory that holds `files`.
    func prepare(_ files: [String: FileContent]) async throws -> MigrationFixture {
        let fixture = try MigrationFixture(earlier)
        let database = try await fixture.open()
        for sql in setUp {
            try await database.withSchemaSession(SchemaSessionOptions()) { session in _ = try session.execute(sql) }
        }
        if !earlier.isEmpty { try await fixture.service(database).runMigrations() }
        try await database.close()
        for name in earlier.keys { fixture.remove(name) }
        try fixture.add(files)
        return fixture
    }

    func check() async throws {
        let fixture = try await prepare(files)
        let database = try await fixture.open()
        let service = fixture.service(database, options)
        switch outcome {
        case .applies(let expected, let leaving):
            let result = try await service.runMigrations()
            #expect(result.applied.map(\.filename) == expected)
            if let leaving { #expect(try await database.query(leaving.query) { $0.text(0) } == leaving.rows) }
        case .fails(let expected, let applied):
            let failure = try await migrationFailure { try await service.runMigrations() }
            #expect(failure.errors.map(\.place) == expected, "\(failure)")
            #expect(failure.applied == applied)
            #expect(failure.errors.allSatisfy { !$0.recovery.isEmpty })
            try await expectOnly(applied, in: database)
        }
        try await database.close()
    }

    /// What stays after a failure is what a run of the applied files alone would have made, to the byte.
    private func expectOnly(_ applied: [String], in database: any DatabaseBridge) async throws {
        let reference = try await prepare(files.filter { applied.contains($0.key) })
        let other = try await reference.open()
        if !applied.isEmpty {
            var lenient = options
            lenient.allowsNewerSchema = true
            try await reference.service(other, lenient).runMigrations()
        }
        let (found, expected) = (try await database.snapshot(), try await other.snapshot())
        #expect(found.filter { !$0.hasPrefix("table migrations:") } == expected.filter { !$0.hasPrefix("table migrations:") })
        try await other.close()
    }
}

extension MigrationError {
    /// `001_a.sql:2:1 forbidden-statement`
    var place: String {
        let parts = [filename, location.map { "\($0.line):\($0.column)" }].compactMap(\.self)
        return parts.isEmpty ? code.rawValue : parts.joined(separator: ":") + " " + code.rawValue
    }
}

@Suite struct MigrationCaseTests {
    @Test(arguments: MigrationCase.transactions)
    func `a script is one transaction`(_ example: MigrationCase) async throws { try await example.check() }

    @Test(arguments: MigrationCase.forbidden)
    func `a script is refused what would weaken the engine`(_ example: MigrationCase) async throws { try await example.check() }

    @Test(arguments: MigrationCase.records)
    func `the record is kept from scripts and from other programs`(_ example: MigrationCase) async throws { try await example.check() }

    @Test(arguments: MigrationCase.foreignKeys)
    func `no row loses its parent`(_ example: MigrationCase) async throws { try await example.check() }

    @Test(arguments: MigrationCase.texts)
    func `any text that SQLite reads is run as it is`(_ example: MigrationCase) async throws { try await example.check() }

    @Test(arguments: MigrationCase.names)
    func `a name that could be misread stops the run`(_ example: MigrationCase) async throws { try await example.check() }

    @Test(arguments: MigrationCase.histories)
    func `files and record have to agree`(_ example: MigrationCase) async throws { try await example.check() }
}
