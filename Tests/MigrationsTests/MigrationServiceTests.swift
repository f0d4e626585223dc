import Database
import DatabaseTesting
import Migrations
import Testing

@Suite struct MigrationServiceTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func `pending files run in numeric order, once`() async throws {
        try directory.write("CREATE TABLE note (text TEXT NOT NULL);", to: "001_create_note.sql")
        try directory.write("INSERT INTO note VALUES ('ten');", to: "010_ten.sql")
        try directory.write("INSERT INTO note VALUES ('nine');", to: "009_nine.sql")
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        let service = MigrationService(database: database, directory: directory.path)
        let first = try await service.runMigrations()
        let second = try await service.runMigrations()
        #expect(first.applied.map(\.filename) == ["001_create_note.sql", "009_nine.sql", "010_ten.sql"])
        #expect(second.applied.isEmpty && second.alreadyApplied == 3)
        #expect(try await database.query("SELECT text FROM note ORDER BY rowid") { $0.text(0) } == ["nine", "ten"])
    }
}
