import Database
import Foundation
import Migrations
import NotesStore

/// `notes add TEXT`, `notes list`: opens the database in NOTES_DATABASE (default: notes.db), brings it up to date, does what it was told.
///
/// Exit status: 0 done, 2 the database cannot be used, 3 a migration failed, 64 wrong usage.
@main
struct Notes {
    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch let failure as MigrationFailure {
            end(with: 3, failure.diagnosis(directory: Schema.directory))
        } catch let error as DatabaseError {
            end(with: 2, "notes: the database cannot be used: \(error.message)")
        } catch {
            end(with: 1, "notes: \(error)")
        }
    }

    private static func run(_ arguments: [String]) async throws {
        let text = arguments.dropFirst().joined(separator: " ")
        guard arguments == ["list"] || arguments.first == "add" && !text.isEmpty else {
            end(with: 64, "usage: notes list | notes add TEXT")
        }
        // snippet: open
        let path = ProcessInfo.processInfo.environment["NOTES_DATABASE"] ?? "notes.db"
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(path)))
        try await Schema.migrations(on: database, logger: .silent, observer: Progress.show).runMigrations()
        // snippet end
        let notes = NoteStore(database)
        if arguments.first == "add" { try await notes.add(text) }
        for note in try await notes.all() { print("\(note.isPinned ? "*" : " ") \(note.id)  \(note.text)") }
        try await database.close()
    }

    private static func end(with status: Int32, _ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
