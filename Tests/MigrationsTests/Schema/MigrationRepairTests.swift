import Database
import DatabaseTesting
import Migrations
import Testing

@Suite struct MigrationRepairTests {
    private let fixture: MigrationFixture

    init() async throws {
        fixture = try MigrationFixture([
            "001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "CREATE TABLE b (x);", "003_c.sql": "CREATE TABLE c (x);",
        ])
        try await fixture.migrate()
    }

    private func repair(_ database: any DatabaseBridge, ignoring ignored: [String] = []) async throws -> MigrationRepair {
        let scratch = try await MigrationFixture.scratch()
        return try await MigrationRepair(of: database, directory: fixture.migrations, scratch: scratch, ignoring: ignored)
    }

    /// Repairs, and returns the names in the record and what a run would still stop for.
    private func repaired() async throws -> (record: [String], errors: [String]) {
        let database = try await fixture.open()
        try await repair(database).carryOut(on: database)
        let plan = try await fixture.service(database).plan()
        #expect(!plan.hasWork)
        return (plan.entries.map(\.filename), plan.errors.map(\.place))
    }

    @Test func `a record that agrees with its files needs nothing`() async throws {
        let database = try await fixture.open()
        let repair = try await repair(database)
        #expect(repair.steps.isEmpty && repair.unrepairable.isEmpty)
        try await repair.carryOut(on: database)
    }

    @Test func `the checksum of an edited file is recorded`() async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); -- why"])
        let steps = try await repair(try await fixture.open()).steps
        #expect(steps.map(\.filename) == ["002_b.sql"])
        guard case .acceptEdit(_, let recorded, let checksum) = steps.first else { return #expect(Bool(false), "\(steps)") }
        #expect(try await repaired().errors.isEmpty)
        let record = try await fixture.record()
        #expect(record[1] == "002_b.sql \(checksum)" && recorded != checksum)
    }

    @Test func `the name of a renamed file is recorded, and its time stays`() async throws {
        let database = try await fixture.open()
        try await database.execute("UPDATE migrations SET applied_at = '2020-01-01 00:00:00' WHERE id = 3")
        fixture.remove("003_c.sql")
        try fixture.add(["003_see.sql": "CREATE TABLE c (x);"])
        let outcome = try await repaired()
        #expect(outcome.record == ["001_a.sql", "002_b.sql", "003_see.sql"] && outcome.errors.isEmpty)
        let row = try await database.query("SELECT id, filename, applied_at FROM migrations ORDER BY applied_at LIMIT 1") { row in
            "\(row.integer(0)) \(row.text(1)) \(row.text(2))"
        }
        #expect(row == ["3 003_see.sql 2020-01-01 00:00:00"])
    }

    @Test func `a checksum that is not known is filled in, for a renamed file too`() async throws {
        let database = try await fixture.open()
        try await database.execute("UPDATE migrations SET checksum = NULL")
        fixture.remove("003_c.sql")
        try fixture.add(["003_see.sql": "CREATE TABLE c (x);"])
        let steps = try await repair(database).steps
        #expect(steps.map(\.filename) == ["001_a.sql", "002_b.sql", "003_see.sql"])
        #expect(try await repaired().errors.isEmpty)
        #expect(try await fixture.record().allSatisfy { $0.contains(" sha256:") })
    }

    @Test func `neither the schema nor another row is touched`() async throws {
        let database = try await fixture.open()
        try await database.execute("INSERT INTO a VALUES (1)")
        let before = try await database.snapshot().filter { !$0.contains("002_b.sql") }
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); INSERT INTO b VALUES (1);"])
        #expect(try await repaired().errors.isEmpty)
        #expect(try await database.snapshot().filter { !$0.contains("002_b.sql") } == before)
        #expect(try await fixture.verify().differences.isEmpty)
    }

    @Test func `an edit that changes the schema is not recorded, and what it changes is told`() async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE other (x);", "001_a.sql": "CREATE TABLE a (x); -- why"])
        let (database, before) = (try await fixture.open(), try await fixture.record())
        let repair = try await repair(database)
        #expect(repair.steps.isEmpty)
        #expect(repair.unrepairable.map(\.place) == ["001_a.sql checksum-mismatch", "002_b.sql checksum-mismatch"])
        #expect(repair.differences.map(\.summary) == ["unexpected table b", "missing table other"])
        try await repair.carryOut(on: database)
        #expect(try await fixture.record() == before)
    }

    @Test func `no edit is recorded on a database that has drifted, unless that is another program's`() async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); -- why"])
        let database = try await fixture.open()
        try await database.execute("CREATE TABLE _litestream_seq (id)")
        #expect(try await repair(database).differences.map(\.summary) == ["unexpected table _litestream_seq"])
        #expect(try await repair(database, ignoring: ["_litestream_seq"]).steps.map(\.filename) == ["002_b.sql"])
    }

    @Test(arguments: ["CREATE TABLE b (x); -- why\nALTR", "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1);", "COMMIT;"])
    func `an edit that fails in a replay is not recorded, nor is another one`(content: String) async throws {
        try fixture.add(["002_b.sql": .text(content), "003_c.sql": "CREATE TABLE c (x); -- why"])
        let repair = try await repair(try await fixture.open())
        #expect(repair.steps.isEmpty && repair.unrepairable.map(\.filename) == ["002_b.sql", "003_c.sql"], "\(repair.unrepairable)")
    }

    @Test func `a renamed file whose checksum was never known has to make the schema too`() async throws {
        let database = try await fixture.open()
        try await database.execute("UPDATE migrations SET checksum = NULL")
        fixture.remove("003_c.sql")
        try fixture.add(["003_see.sql": "CREATE TABLE see (x);"])
        let repair = try await repair(database)
        #expect(repair.steps.map(\.filename) == ["001_a.sql", "002_b.sql"] && repair.unrepairable.map(\.filename) == ["003_see.sql"])
    }

    @Test func `a schema that changes between show and repair stops it`() async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); -- why"])
        let database = try await fixture.open()
        let repair = try await repair(database)
        try await database.execute("DROP TABLE c")
        let failure = try await migrationFailure { try await repair.carryOut(on: database) }
        #expect(failure.errors.map(\.code) == [.recordChanged])
    }

    @Test func `what a record cannot mend is told, and the rest is done`() async throws {
        fixture.remove("002_b.sql")
        fixture.remove("001_a.sql")
        try fixture.add(["001_new.sql": "CREATE TABLE a (x);", "4_d.sql": ""])
        let database = try await fixture.open()
        let repair = try await repair(database)
        #expect(repair.steps.map(\.filename) == ["001_new.sql"])
        #expect(repair.unrepairable.map(\.place) == ["4_d.sql invalid-filename", "002_b.sql missing-file"])
        try await repair.carryOut(on: database)
        #expect(try await fixture.service(database).plan().errors == repair.unrepairable)
    }

    @Test func `a file out of order is not for the record to mend`() async throws {
        let database = try await fixture.open()
        try await database.execute("DELETE FROM migrations WHERE filename = '002_b.sql'")
        let repair = try await repair(database)
        #expect(repair.steps.isEmpty && repair.unrepairable.map(\.place) == ["002_b.sql out-of-order"])
    }

    @Test(arguments: ["SELECT 'open", "-- parley:nonsense"])
    func `an edit that could not be run is not recorded`(content: String) async throws {
        try fixture.add(["002_b.sql": .text(content)])
        let repair = try await repair(try await fixture.open())
        #expect(repair.steps.isEmpty && repair.unrepairable.map(\.filename) == ["002_b.sql"])
    }

    @Test func `a file that cannot be read is not recorded`() async throws {
        let database = try await fixture.open()
        try await database.execute("UPDATE migrations SET checksum = NULL WHERE filename = '002_b.sql'")
        fixture.remove("002_b.sql")
        try fixture.add(["002_b.sql": .directory])
        let repair = try await repair(database)
        #expect(repair.steps.isEmpty && repair.unrepairable.map(\.code) == [.fileUnreadable])
    }

    @Test(arguments: [
        "UPDATE migrations SET checksum = 'sha256:00' WHERE filename = '002_b.sql'", "DELETE FROM migrations WHERE filename = '001_a.sql'",
        "INSERT INTO migrations (filename) VALUES ('004_d.sql')", "UPDATE migrations SET applied_at = '2020-01-01' WHERE id = 1",
        "DROP TABLE migrations",
    ])
    func `a record that another process changes between show and repair is left alone`(change: String) async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); -- edited"])
        let database = try await fixture.open()
        let repair = try await repair(database)
        let other = try await fixture.open()
        try await other.execute(change)
        try await other.close()
        let before = try await database.snapshot()
        let failure = try await migrationFailure { try await repair.carryOut(on: database) }
        #expect(failure.errors.map(\.code) == [.recordChanged])
        #expect(try await database.snapshot() == before)
    }

    @Test func `a file that is edited again between show and repair is left alone`() async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); -- edited"])
        let database = try await fixture.open()
        let repair = try await repair(database)
        let before = try await fixture.record()
        try fixture.add(["002_b.sql": "DROP TABLE a;"])
        let failure = try await migrationFailure { try await repair.carryOut(on: database) }
        #expect(failure.errors.map(\.code) == [.recordChanged])
        #expect(try await fixture.record() == before)
    }

    @Test(arguments: [
        "CREATE TRIGGER t BEFORE UPDATE ON migrations BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER t AFTER UPDATE ON migrations WHEN NEW.checksum <> 'x' BEGIN UPDATE migrations SET checksum = 'x' WHERE id = NEW.id; END",
    ])
    func `a trigger that undoes the change is noticed, and nothing stays`(trigger: String) async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x); -- edited"])
        fixture.remove("001_a.sql")
        try fixture.add(["001_new.sql": "CREATE TABLE a (x);"])
        let before = try await fixture.record()
        try await fixture.byHand(trigger)
        let database = try await fixture.open()
        let failure = try await migrationFailure { try await repair(database).carryOut(on: database) }
        #expect(failure.errors.map(\.code) == [.recordNotWritten])
        #expect(try await fixture.record() == before)
    }
}
