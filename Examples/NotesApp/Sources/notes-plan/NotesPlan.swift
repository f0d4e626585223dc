import Database
import Foundation
import Migrations
import NotesStore

/// `notes-plan`: what a run would do, what it would stop for, and what has been applied. It opens the database to read, and changes nothing.
///
/// Exit status: 0 up to date, 1 something is pending, 2 the database cannot be used, 3 a run would stop.
@main
struct NotesPlan {
    static func main() async {
        do {
            exit(try await report())
        } catch let failure as MigrationFailure {
            print(failure.diagnosis(directory: Schema.directory))
            exit(3)
        } catch {
            print("notes-plan: \(error)")
            exit(2)
        }
    }

    private static func report() async throws -> Int32 {
        // snippet: parts
        let path = ProcessInfo.processInfo.environment["NOTES_DATABASE"] ?? "notes.db"
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path), isReadOnly: true))
        let files = try MigrationDiscovery(directory: Schema.directory).discoverMigrations()
        let applied = try await MigrationTracking(database: database, logger: .silent).appliedMigrations()
        let plan = try await Schema.migrations(on: database, logger: .silent).plan()
        // snippet end
        print("\(files.count) files, \(applied.count) applied, \(plan.pending.count) pending")
        for entry in plan.entries { print("  \(entry.filename)  \(entry.status.rawValue)  \(entry.appliedAt ?? "-")") }
        for error in plan.errors { print(error) }
        try await database.close()
        // snippet: plan
        if !plan.errors.isEmpty { return 3 }
        return plan.hasWork ? 1 : 0
        // snippet end
    }
}
