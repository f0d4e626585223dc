import Database
import Migrations
import Testing

/// Files, and what `check` says of them: errors as `error 002_b.sql:1:1 statement-failed`, findings as `002_b.sql:1:1 drop-table`, with
/// ` (accepted)` behind those that are.
struct CheckCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let files: [String: FileContent]
    let expected: [String]
    /// A word from each note, in order.
    let notes: [String]

    init(_ description: String, _ files: [String: FileContent], _ expected: [String], notes: [String] = []) {
        testDescription = description
        self.files = files
        self.expected = expected
        self.notes = notes
    }

    /// What `sql` does to the schema that `schema` has made; each expectation is a place in it and a code.
    init(_ description: String, _ schema: String, _ sql: String, _ expected: String..., notes: [String] = []) {
        let files: [String: FileContent] = ["001_a.sql": .text(schema), "002_b.sql": .text(sql)]
        self.init(description, files, expected.map { "002_b.sql:\($0)" }, notes: notes)
    }

    func check() async throws {
        let result = try await MigrationCheck.result(files)
        #expect(result.errors.map { "error \($0.place)" } + result.findings.map(\.place) == expected, "\(result)")
        #expect(result.notes.count == notes.count && zip(result.notes, notes).allSatisfy { $0.contains($1) }, "\(result.notes)")
        #expect(result.errors.allSatisfy { !$0.recovery.isEmpty } && result.findings.allSatisfy { !$0.recovery.isEmpty })
    }
}

extension MigrationCheck {
    /// What a check of these files says.
    static func result(_ files: [String: FileContent]) async throws -> MigrationCheckResult {
        let fixture = try MigrationFixture(files)
        return try await result(directory: fixture.migrations)
    }

    static func result(directory: String) async throws -> MigrationCheckResult {
        let scratch = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: .silent)
        let result = try await MigrationCheck(directory: directory, scratch: scratch).run()
        try await scratch.close()
        return result
    }
}

extension MigrationFinding {
    /// `002_b.sql:1:1 drop-table (accepted)`
    var place: String {
        "\(filename):\(location.map { "\($0.line):\($0.column)" } ?? "-") \(code.rawValue)" + (acceptedBecause == nil ? "" : " (accepted)")
    }
}

@Suite struct CheckCaseTests {
    @Test(arguments: CheckCase.losses)
    func `what a file loses is found`(_ example: CheckCase) async throws { try await example.check() }

    @Test(arguments: CheckCase.deletions)
    func `a DELETE without WHERE is found, wherever it is one`(_ example: CheckCase) async throws { try await example.check() }

    @Test(arguments: CheckCase.rows)
    func `what fails once there are rows is found`(_ example: CheckCase) async throws { try await example.check() }

    @Test(arguments: CheckCase.fillings)
    func `rows are made up for what a schema asks of them`(_ example: CheckCase) async throws { try await example.check() }

    @Test(arguments: CheckCase.faults)
    func `what a run would stop for is an error`(_ example: CheckCase) async throws { try await example.check() }

    @Test(arguments: CheckCase.allowances)
    func `a directive accepts what is meant, and nothing else`(_ example: CheckCase) async throws { try await example.check() }
}
