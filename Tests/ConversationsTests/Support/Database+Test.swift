import Conversations
import Database
import FoundationEssentials
import Migrations

/// The migrations that Parley ships.
let shippedMigrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../migrations").path

/// A database in memory with the schema that Parley ships.
func migratedDatabase() async throws -> SQLiteDatabase {
    let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
    try await MigrationService(database: database, directory: shippedMigrations).runMigrations()
    return database
}

extension ConversationTitle {
    static func random() throws -> ConversationTitle {
        try ConversationTitle("Conversation \(Int.random(in: 0..<1_000_000))")
    }
}
