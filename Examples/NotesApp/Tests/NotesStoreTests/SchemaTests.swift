import Database
import Migrations
import NotesStore
import Testing

/// What a program that embeds the engine tests: its own files, on a database in memory.
@Suite struct SchemaTests {
    // snippet: test
    @Test func `every migration applies to a new database, and then nothing is pending`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        let files = try MigrationDiscovery(directory: Schema.directory).discoverMigrations()
        let result = try await Schema.migrations(on: database, logger: .silent).runMigrations()
        #expect(result.applied.map(\.filename) == files.map(\.filename))
        #expect(try await Schema.migrations(on: database, logger: .silent).plan().hasWork == false)
    }
    // snippet end

    // snippet: target
    @Test func `notes from before the second migration are kept, and not pinned`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await Schema.migrations(on: database, options: MigrationOptions(target: 1), logger: .silent).runMigrations()
        try await database.execute("INSERT INTO note (text) VALUES ('old')")
        try await Schema.migrations(on: database, logger: .silent).runMigrations()
        #expect(try await NoteStore(database).all().map(\.isPinned) == [true, false])
    }
    // snippet end
}
