import Database
import DatabaseTesting
import Migrations
import Testing

@Suite struct MigrationBaselineTests {
    private let fixture: MigrationFixture

    init() throws {
        fixture = try MigrationFixture([
            "001_note.sql": "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);",
            "002_index.sql": "CREATE INDEX note_text ON note (text);",
            "003_search.sql": "CREATE VIRTUAL TABLE docs USING fts5(text);",
        ])
    }

    private static let upTo2 = "create table note(id integer primary key, \"text\" text not null); CREATE INDEX note_text ON note(text);"

    private func baseline(upTo target: Int? = nil, ignoring ignored: [String] = []) async throws -> MigrationBaseline {
        try await MigrationBaseline(
            directory: fixture.migrations,
            upTo: target,
            scratch: try await MigrationFixture.scratch(),
            ignoring: ignored
        )
    }

    private func adopt(upTo target: Int? = nil, ignoring ignored: [String] = []) async throws -> [String] {
        let database = try await fixture.open()
        let differences = try await baseline(upTo: target, ignoring: ignored).adopt(database)
        try await database.close()
        return differences.map(\.summary)
    }

    @Test func `a database with the schema of the first files is adopted, and the next run applies the rest`() async throws {
        try await fixture.byHand(Self.upTo2 + "INSERT INTO note (text) VALUES ('kept');")
        let baseline = try await baseline(upTo: 2)
        #expect(baseline.files == ["001_note.sql", "002_index.sql"] && baseline.remaining == ["003_search.sql"])
        #expect(try await adopt(upTo: 2) == [])
        #expect(try await fixture.migrate() == ["003_search.sql"])
        #expect(try await fixture.verify().differences.isEmpty)
        let database = try await fixture.open()
        #expect(try await database.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
    }

    @Test func `without a number all files are recorded, with one time and their checksums`() async throws {
        try await fixture.byHand(Self.upTo2 + "CREATE VIRTUAL TABLE docs USING fts5(text);")
        #expect(try await adopt() == [])
        let database = try await fixture.open()
        let rows = try await MigrationTracking(database: database).appliedMigrations()
        #expect(rows.map(\.filename) == ["001_note.sql", "002_index.sql", "003_search.sql"] && Set(rows.map(\.appliedAt)).count == 1)
        #expect(rows.allSatisfy { $0.checksum?.hasPrefix("sha256:") == true })
        #expect(try await fixture.service(database).plan().hasWork == false)
    }

    @Test(arguments: [
        ("", nil, ["missing table note", "missing table docs", "missing index note_text"]),
        (upTo2, nil, ["missing table docs"]),
        (upTo2, 1, ["unexpected index note_text"]),
        (upTo2 + "CREATE TABLE extra (x);", 2, ["unexpected table extra"]),
        ("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT); CREATE INDEX note_text ON note (text);", 2, ["different table note"]),
    ])
    func `another schema is refused, and nothing is changed`(script: String, target: Int?, differences: [String]) async throws {
        try await fixture.byHand(script)
        let database = try await fixture.open()
        let before = try await database.snapshot()
        #expect(try await adopt(upTo: target) == differences)
        #expect(try await database.snapshot() == before)
    }

    @Test func `the database of another tool is adopted beside that tool's record`() async throws {
        try await fixture.byHand(
            Self.upTo2 + "CREATE TABLE schema_migrations (version TEXT PRIMARY KEY); INSERT INTO schema_migrations VALUES ('2');"
        )
        #expect(try await adopt(upTo: 2) == ["unexpected table schema_migrations"])
        #expect(try await adopt(upTo: 2, ignoring: ["schema_migrations"]) == [])
        #expect(try await fixture.verify(ignoring: ["schema_migrations"]).differences.isEmpty)
    }

    @Test func `an empty record is used as it is`() async throws {
        try await fixture.byHand(Self.upTo2)
        let database = try await fixture.open()
        try await MigrationTracking(database: database, logger: .silent).ensureMigrationsTable()
        #expect(try await adopt(upTo: 2) == [])
        #expect(try await fixture.record().count == 2)
    }

    @Test func `a record that has rows is refused, and told`() async throws {
        try await fixture.migrate()
        let failure = try await migrationFailure { _ = try await adopt() }
        #expect(
            failure.errors.map(\.code) == [.recordNotEmpty]
                && failure.errors[0].message.contains("001_note.sql, 002_index.sql, 003_search.sql")
        )
        #expect(failure.diagnosis(directory: "m").contains("nothing was changed"))
    }

    @Test func `of two that adopt at once, one does and the other is told`() async throws {
        try await fixture.byHand(Self.upTo2)
        let baseline = try await baseline(upTo: 2)
        let outcomes = try await withThrowingTaskGroup(of: [MigrationError.Code].self) { group in
            for _ in 0..<2 {
                let database = try await fixture.open()
                group.addTask {
                    do throws(MigrationFailure) { return try await baseline.adopt(database).isEmpty ? [] : [.checksumMismatch] } catch {
                        return error.errors.map(\.code)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(outcomes) == [[], [.recordNotEmpty]])
        #expect(try await fixture.record().count == 2)
    }

    @Test func `a table of the name that belongs to another program is refused`() async throws {
        try await fixture.byHand(Self.upTo2 + "CREATE TABLE migrations (version INTEGER);")
        #expect(try await migrationFailure { _ = try await adopt(upTo: 2) }.errors.map(\.code) == [.foreignRecord])
    }

    @Test func `a number that no file has is refused, and so is a directory without files`() async throws {
        let failure = try await migrationFailure { _ = try await baseline(upTo: 7) }
        #expect(failure.errors.map(\.code) == [.unknownVersion])
        for name in ["001_note.sql", "002_index.sql", "003_search.sql"] { fixture.remove(name) }
        #expect(try await migrationFailure { _ = try await baseline() }.errors.map(\.code) == [.unknownVersion])
    }

    @Test func `a file that cannot be replayed is refused at its place`() async throws {
        try fixture.add(["002_index.sql": "CREATE INDEX note_text ON note (titel);"])
        let failure = try await migrationFailure { _ = try await baseline() }
        #expect(failure.errors.map(\.place) == ["002_index.sql:1:33 statement-failed"])
    }

    @Test func `a trigger that throws rows of the record away is noticed, and nothing stays`() async throws {
        try await fixture.byHand(Self.upTo2)
        let database = try await fixture.open()
        try await MigrationTracking(database: database, logger: .silent).ensureMigrationsTable()
        try await fixture.byHand(
            "CREATE TRIGGER t BEFORE INSERT ON migrations WHEN NEW.filename LIKE '002%' BEGIN SELECT RAISE(IGNORE); END"
        )
        let failure = try await migrationFailure { _ = try await adopt(upTo: 2) }
        #expect(failure.errors.map(\.place) == ["002_index.sql record-not-written"])
        #expect(try await fixture.record().isEmpty)
    }

    @Test func `a full disk leaves no record behind`() async throws {
        try await fixture.byHand(Self.upTo2)
        let database = FaultInjectingBridge(try await fixture.open())
        database.fail(statementsContaining: "INSERT INTO main.migrations", with: DatabaseError(.storageFull, "full"))
        let failure = try await migrationFailure { _ = try await baseline(upTo: 2).adopt(database) }
        #expect(failure.errors.map(\.code) == [.storageFull])
        let names = try await database.query("SELECT name FROM sqlite_schema ORDER BY name") { $0.text(0) }
        #expect(names == ["note", "note_text"])
    }
}
