import Database
import DatabaseTesting
import Glibc
import HTTP
import HTTPTesting
import HTTPTypes
import Migrations
import Testing

@testable import ParleyServer

@Suite(.timeLimit(.minutes(1))) struct ApplicationTests {
    private static let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;"

    private let directory: TemporaryDirectory
    private var settings = Settings()

    init() throws {
        directory = try TemporaryDirectory()
        settings.port = 0
        settings.database = .memory
        settings.migrations = directory.path
        try directory.write("CREATE TABLE conversations (id, title, created_at, updated_at);", to: "001_a.sql")
    }

    /// What ends an application by itself.
    private func failure(_ settings: Settings) async -> ApplicationError? {
        do {
            try await RunningApplication(settings).end()
            return nil
        } catch {
            return error as? ApplicationError
        }
    }

    @Test mutating func `it serves on a free port, and ends when it is told to`() async throws {
        settings.migrations = shippedMigrations
        let application = try await RunningApplication(settings)
        #expect(application.address.port != 0)
        _ = try await application.get("/readyz") { $0.status == 200 }
        #expect(try await application.get("/conversations").status == 200)
        try await application.stop()
        #expect(throws: Client.Failure.self) { try Client(application.address) }
    }

    @Test func `it listens before its migrations have finished, and shows how far they are`() async throws {
        for number in 2...7 { try directory.write(number == 2 ? Self.endless : "SELECT 1;", to: "00\(number)_b.sql") }
        let application = try await RunningApplication(settings)
        let ready = try await application.get("/readyz") { $0.body.contains("migrating 2 of 7") }
        #expect(ready.status == 503)
        #expect(try await application.get("/livez").status == 200)
        #expect(try await application.get("/startupz").status == 503)
        let document = try await application.get("/migrations").body
        let migrations = try Response(status: .ok, body: Array(document.utf8)).decoded(as: MigrationsDocument.self)
        #expect(migrations.state == "running" && migrations.counts == .init(applied: 1, pending: 6, failed: 0))
        #expect(migrations.data.map(\.state) == ["applied", "running"] + Array(repeating: "pending", count: 5))
        try await application.stop()
    }

    @Test func `a migration that fails ends it, with the diagnosis`() async throws {
        try directory.write("\n  SELECT titel;", to: "002_broken.sql")
        let failure = await failure(settings)
        #expect(failure?.exitCode == 3)
        let headline = failure?.description.split(separator: "\n").first
        #expect(headline == "\(directory.path)/002_broken.sql:2:10: error: no such column: titel [statement-failed]")
    }

    @Test mutating func `with hold it stays, and ends without an error`() async throws {
        settings.onMigrationFailure = .hold
        try directory.write("SELECT titel;", to: "002_broken.sql")
        let application = try await RunningApplication(settings)
        let ready = try await application.get("/readyz") { $0.body.contains("migration failed") }
        #expect(ready.status == 503)
        #expect(try await application.get("/conversations").body.contains("migration-failed"))
        try await application.stop()
    }

    @Test mutating func `a time limit for migrations ends it`() async throws {
        settings.migrationTimeout = .milliseconds(50)
        try directory.write(Self.endless, to: "002_long.sql")
        let failure = await failure(settings)
        #expect(failure?.exitCode == 3 && failure?.description.contains("[timed-out]") == true)
    }

    @Test mutating func `a file that another holds is waited for, and then is error 4`() async throws {
        let path = directory.file("data.db")
        settings.database = .file(path)
        settings.lockTimeout = .zero
        let lock = try await DatabaseFileLock.acquire(for: path, timeout: .zero)
        let failure = await failure(settings)
        #expect(failure?.exitCode == 4)
        settings.lockTimeout = .seconds(30)
        let application = try await RunningApplication(settings)
        _ = try await application.get("/migrations") { $0.body.contains(#""state":"waiting_lock""#) }
        #expect(try await application.get("/livez").status == 200)
        try await application.stop()
        _ = consume lock
    }

    @Test func `a port that is taken is error 5`() async throws {
        let first = try await RunningApplication(settings)
        var other = settings
        other.port = first.address.port
        let failure = await failure(other)
        #expect(failure?.exitCode == 5)
        try await first.stop()
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1"])
    mutating func `an address that others can reach needs tokens, or to be told that it does not`(host: String) async throws {
        settings.host = host
        let refused = await failure(settings)
        #expect(refused?.exitCode == 64)
        #expect(refused?.description.contains("--token-file") == true && refused?.description.contains("--insecure-no-auth") == true)
    }

    @Test mutating func `a token file that is missing or empty ends it before it listens`() async throws {
        settings.tokenFile = directory.file("tokens")
        let missing = await failure(settings)
        #expect(missing?.exitCode == 64 && missing?.description.contains("parley token create") == true)
        let descriptor = unsafe open(directory.file("tokens"), O_CREAT | O_WRONLY, 0o600)
        close(descriptor)
        #expect(await failure(settings)?.description.contains("has no tokens") == true)
    }

    @Test func `each kind of end has its exit status`() {
        let migration = MigrationFailure([MigrationError(.statementFailed, .apply, filename: "1", "", recovery: "")])
        let busy = MigrationFailure([MigrationError(.databaseBusy, .apply, "", recovery: "")])
        let broken = MigrationFailure([MigrationError(.databaseFailed, .initialize, "", recovery: "")])
        let errors: [(ApplicationError, Int32)] = [
            (.requestsCut(1), 1), (.database(DatabaseError(.notADatabase, "")), 2),
            (.database(DatabaseError(.heldByAnotherProcess, "")), 4),
            (.migration(migration, directory: "m"), 3), (.migration(busy, directory: "m"), 4), (.migration(broken, directory: "m"), 2),
            (.listening(.alreadyStarted), 5),
        ]
        for (error, status) in errors { #expect(error.exitCode == status && error.description.contains("error")) }
    }
}
