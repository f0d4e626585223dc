import Database
import DatabaseTesting
import FoundationEssentials
import Migrations
import Testing

@Suite struct MigrationCheckTests {
    @Test func `the migrations of this repository are clean`() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../migrations")
        let result = try await MigrationCheck.result(directory: root.standardized.path)
        #expect(result.isClean && result.findings.isEmpty && result.notes.isEmpty, "\(result)")
    }

    @Test func `a finding reads like a compiler's warning`() async throws {
        let result = try await MigrationCheck.result(["001_a.sql": "CREATE TABLE note (x);", "002_b.sql": "-- Gone.\nDROP TABLE note;\n"])
        #expect(
            result.findings.first?.diagnosis(directory: "migrations") == """
                migrations/002_b.sql:2:1: warning: it drops the table note, with every row in it [drop-table]
                    2 | DROP TABLE note;
                      | ^
                  next: first release a version that does not use it any more, and keep a backup; then accept this with \
                -- parley:allow drop-table REASON
                """
        )
    }

    @Test func `an accepted finding is a note with its reason`() async throws {
        let files: [String: FileContent] = [
            "001_a.sql": "CREATE TABLE note (x);", "002_b.sql": "-- parley:allow drop-table unused since 2.0\nDROP TABLE note;",
        ]
        let result = try await MigrationCheck.result(files)
        #expect(result.isClean && result.accepted.first?.acceptedBecause == "unused since 2.0")
        #expect(
            result.findings.first?.diagnosis(directory: "m") == """
                m/002_b.sql:2:1: note: it drops the table note, with every row in it [drop-table]
                    2 | DROP TABLE note;
                      | ^
                  accepted: unused since 2.0
                """
        )
    }

    @Test func `a finding on rows has SQLite's reason`() async throws {
        let result = try await MigrationCheck.result([
            "001_a.sql": "CREATE TABLE t (x TEXT);", "002_b.sql": "CREATE UNIQUE INDEX u ON t (x);",
        ])
        #expect(result.findings.first?.message.hasSuffix("once there are rows: UNIQUE constraint failed: t.x") == true, "\(result)")
    }

    @Test(arguments: [(["001_a.sql"], "002"), (["0009_a.sql"], "0010"), (["001_a.sql", "099_b.sql"], "100"), ([], "001")])
    func `the next number has as many digits as the last`(_ names: [String], _ next: String) async throws {
        let result = try await MigrationCheck.result(Dictionary(uniqueKeysWithValues: names.map { ($0, "SELECT 1;") }))
        #expect(result.nextVersion == next)
    }

    @Test func `behind the largest number there is no next one`() async throws {
        let result = try await MigrationCheck.result([.init("\(Int.max)_a.sql"): "SELECT 1;"])
        #expect(result.isClean && result.nextVersion == nil)
    }

    @Test func `a directory that cannot be read is an error, and has no next number`() async throws {
        let result = try await MigrationCheck.result(directory: "/nowhere")
        #expect(result.errors.map(\.code) == [.directoryUnreadable] && result.nextVersion == nil && !result.isClean)
    }

    @Test func `a scratch database that is not empty is refused`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "SELECT 1;"])
        let database = try await fixture.open()
        try await database.withSchemaSession(SchemaSessionOptions()) { session in _ = try session.execute("CREATE TABLE mine (x)") }
        let failure = try await migrationFailure {
            _ = try await MigrationCheck(directory: fixture.migrations, scratch: database).run()
        }
        #expect(failure.errors.map(\.code) == [.scratchNotEmpty])
        try await database.close()
    }

    @Test func `a scratch database that fails is no fault of the files`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "DROP TABLE a;"])
        for place in ["SHAPE", "SCHEMA", "COLUMNS", "COMMIT"] {
            let scratch = FaultInjectingBridge(try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: .silent))
            scratch.fail(statementsContaining: place, with: DatabaseError(.ioFailure, "disk I/O error"))
            let failure = try await migrationFailure {
                _ = try await MigrationCheck(directory: fixture.migrations, scratch: scratch).run()
            }
            #expect(failure.errors.map(\.code) == [.databaseFailed], "\(place): \(failure)")
            try await scratch.close()
        }
    }

    @Test func `made-up rows do not stay`() async throws {
        let fixture = try MigrationFixture([
            "001_a.sql": "CREATE TABLE a (x); INSERT INTO a VALUES (1);", "002_b.sql": "UPDATE a SET x = x + 1;",
        ])
        let scratch = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: .silent)
        _ = try await MigrationCheck(directory: fixture.migrations, scratch: scratch).run()
        #expect(try await scratch.query("SELECT x FROM a") { $0.integer(0) } == [2])
        try await scratch.close()
    }
}
