public import Database

/// One note, as it is listed.
public struct Note: Sendable, Equatable {
    public let id: Int
    public let text: String
    public let isPinned: Bool
}

/// The notes of a database whose migrations have been applied.
public struct NoteStore: Sendable {
    private let database: any DatabaseBridge

    public init(_ database: any DatabaseBridge) {
        self.database = database
    }

    // snippet: session
    public func add(_ text: String) async throws {
        try await database.execute("INSERT INTO note (text) VALUES (?)", [.text(text)])
    }

    /// Pinned notes first, then in the order of writing.
    public func all() async throws -> [Note] {
        try await database.query("SELECT id, text, is_pinned FROM note ORDER BY is_pinned DESC, id") { row in
            Note(id: row.integer(0), text: row.text(1), isPinned: row.integer(2) == 1)
        }
    }
    // snippet end
}
