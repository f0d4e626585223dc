import Database
import Testing

@testable import Migrations

/// What is brought up to date step by step has to be what one look at the whole schema gives.
@Suite struct SchemaStateTests {
    private static let steps = [
        "CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE TABLE book (id INTEGER PRIMARY KEY, author_id REFERENCES author (id), title TEXT)",
        "CREATE INDEX book_title ON book (title)",
        "CREATE VIEW shelf AS SELECT title FROM book",
        "CREATE TRIGGER arrival AFTER INSERT ON book BEGIN UPDATE author SET name = name; END",
        "CREATE TABLE loan (book_id REFERENCES book, UNIQUE (book_id))",
        "ALTER TABLE book ADD COLUMN year INTEGER",
        "ALTER TABLE author RENAME TO writer",
        "CREATE TABLE author (id INTEGER PRIMARY KEY)",
        "DROP VIEW shelf",
        "CREATE VIRTUAL TABLE search USING fts5 (title)",
        "DROP TABLE loan",
        "CREATE TABLE loan (id INTEGER PRIMARY KEY)",
    ]

    @Test func `step by step it comes to the same as all at once`() async throws {
        try await inMemory { session in
            var (state, relevant) = (SchemaState(), RelevantTables())
            for step in Self.steps {
                try session.execute(step)
                try state.update(from: session)
                let whole = try SchemaState(of: session)
                #expect(state.objects == whole.objects && state.keys == whole.keys && state.indexes == whole.indexes, "\(step)")
                #expect(state.tables.mapValues(\.columns) == whole.tables.mapValues(\.columns), "\(step)")
                #expect(state.tables.mapValues(\.place) == whole.tables.mapValues(\.place), "\(step)")
                for name in ["author", "book", "shelf", "loan", "search", "writer"] {
                    let content = content("UPDATE \(name) SET id = 1")
                    var fresh = RelevantTables()
                    #expect(relevant.find(for: content, in: state) == fresh.find(for: content, in: whole), "\(step), \(name)")
                }
            }
        }
    }

    @Test func `what is only longer has not changed`() async throws {
        try await inMemory { session in
            var state = SchemaState()
            for step in Self.steps.prefix(6) {
                try session.execute(step)
                try state.update(from: session)
            }
            #expect(state.changes == 0 && state.objects.count == 7)
            try session.execute(Self.steps[6])
            try state.update(from: session)
            #expect(state.changes == 1)
        }
    }

    @Test func `a table is relevant by its name, by its children and parents, and through views and triggers`() async throws {
        try await inMemory { session in
            for step in Self.steps.prefix(6) { try session.execute(step) }
            try session.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)")
            let state = try SchemaState(of: session)
            var relevant = RelevantTables()
            func find(_ sql: String) -> Set<SchemaName> { relevant.find(for: content(sql), in: state) }
            let all: Set<SchemaName> = [SchemaName("author"), SchemaName("book"), SchemaName("loan")]
            #expect(find("DELETE FROM other") == [SchemaName("other")])
            #expect(find("DELETE FROM loan") == [SchemaName("loan"), SchemaName("book")])
            #expect(find("SELECT * FROM shelf") == all)
            #expect(find("DELETE FROM book") == all)
            #expect(find("SELECT 1").isEmpty)
        }
    }

    private func inMemory(_ body: @escaping @Sendable (any SchemaSession) throws -> Void) async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await database.withSchemaSession(SchemaSessionOptions(), body)
        try await database.close()
    }

    private func content(_ sql: String) -> MigrationContent {
        MigrationContent(file: MigrationFile(filename: "001_a.sql", order: 1, directory: ""), bytes: Array(sql.utf8))
    }
}
