import Database
import DatabaseTesting
import Glibc
import Migrations
import Testing

/// What may not be read or written. Permissions do not bind root, so as root only the first test says something.
@Suite struct MigrationPermissionTests {
    let fixture: MigrationFixture

    init() throws { fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);"]) }

    @Test func `a database that was opened to be read can be planned for, and not migrated`() async throws {
        try await fixture.open().close()
        let configuration = SQLiteConfiguration(location: .file(fixture.databasePath), isReadOnly: true)
        let database = try await SQLiteDatabase.open(configuration)
        #expect(try await fixture.service(database).plan().pending.map(\.filename) == ["001_a.sql"])
        try await expectReadOnly { try await fixture.service(database).runMigrations() }
        let error = await #expect(throws: DatabaseError.self) { try await database.execute("CREATE TABLE b (x)") }
        #expect(error?.code == .readOnly)
        try await database.close()
        #expect(try await fixture.open().snapshot().isEmpty)
    }

    @Test(.enabled(if: getuid() != 0, "root may read every file"))
    func `a file that may not be read stops the run`() async throws {
        try fixture.add(["002_b.sql": "CREATE TABLE b (x);"])
        unsafe chmod("\(fixture.migrations)/002_b.sql", 0)
        let failure = try await migrationFailure { try await fixture.migrate() }
        #expect(failure.errors.map(\.place) == ["002_b.sql file-unreadable"])
        #expect(failure.errors[0].message == "the file cannot be read: Permission denied")
    }

    @Test(.enabled(if: getuid() != 0, "root may write every file"))
    func `a database file that may not be written is told when it is opened`() async throws {
        try await fixture.open().close()
        unsafe chmod(fixture.databasePath, 0o444)
        let error = await #expect(throws: DatabaseError.self) { try await fixture.open() }
        #expect(error?.code == .readOnly)
    }

    @Test(.enabled(if: getuid() != 0, "root may write every directory"))
    func `a directory that may not be written is told when the database is opened`() async throws {
        try await fixture.open().close()
        unsafe chmod(fixture.root.path, 0o555)
        defer { unsafe chmod(fixture.root.path, 0o755) }
        let error = await #expect(throws: DatabaseError.self) { try await fixture.open() }
        #expect(error?.code == .readOnly)
    }

    private func expectReadOnly(_ body: () async throws -> Void) async throws {
        let failure = try await migrationFailure(body)
        #expect(failure.errors.map(\.code) == [.databaseFailed] && failure.errors[0].cause?.code == .readOnly)
        #expect(failure.errors[0].recovery == "make the file and its directory writable for this user")
    }
}
