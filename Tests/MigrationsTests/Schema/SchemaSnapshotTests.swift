import Database
import Migrations
import Testing

@Suite struct SchemaSnapshotTests {
    private func changes(_ expected: String, _ actual: String) async throws -> [String] {
        let (first, second) = (try await MigrationFixture.scratch(), try await MigrationFixture.scratch())
        try await first.run(expected)
        try await second.run(actual)
        return try await second.schema().changes(from: try await first.schema())
    }

    @Test(arguments: [
        ("", "CREATE TABLE a (x)", ["unexpected table a"]),
        ("CREATE TABLE a (x)", "", ["missing table a"]),
        ("CREATE TABLE a (x)", "CREATE TABLE a (x, y)", ["different table a"]),
        ("CREATE TABLE a (x)", "CREATE TABLE a (x); CREATE INDEX i ON a (x)", ["unexpected index i"]),
        ("CREATE TABLE a (x); CREATE INDEX i ON a (x)", "CREATE TABLE a (x)", ["missing index i"]),
        (
            "CREATE TABLE a (x); CREATE INDEX i ON a (x)", "CREATE TABLE a (x); CREATE UNIQUE INDEX i ON a (x)",
            ["different index i"]
        ),
        ("CREATE VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 2", ["different view v"]),
        ("CREATE TABLE v (x)", "CREATE VIEW v AS SELECT 1", ["missing table v", "unexpected view v"]),
        (
            "CREATE TABLE a (x); CREATE TRIGGER a AFTER INSERT ON a BEGIN SELECT 1; END",
            "CREATE TABLE a (x); CREATE TRIGGER a AFTER INSERT ON a BEGIN SELECT 2; END", ["different trigger a"]
        ),
        ("CREATE TABLE a (x UNIQUE, y PRIMARY KEY)", "CREATE TABLE a (x UNIQUE, y PRIMARY KEY)", []),
        ("CREATE TABLE a (x PRIMARY KEY) WITHOUT ROWID", "CREATE TABLE a (x PRIMARY KEY)", ["different table a"]),
        ("CREATE TABLE a (x); CREATE TABLE b (x)", "CREATE TABLE b (x); CREATE TABLE a (x)", []),
        ("CREATE TABLE a (x); ALTER TABLE a ADD COLUMN y TEXT", "CREATE TABLE a (x, y TEXT)", []),
        ("CREATE TABLE \"odd \"\"name\" (x)", "CREATE TABLE [odd \"name] (x)", []),
        ("CREATE TABLE note (x)", "CREATE TABLE NOTE (x)", []),
        ("CREATE TABLE \"é\" (x)", "CREATE TABLE \"e\u{301}\" (x)", ["unexpected table e\u{301}", "missing table é"]),
        ("CREATE TABLE migrations (x); CREATE INDEX i ON migrations (x)", "", []),
        ("CREATE TABLE a (x INTEGER PRIMARY KEY AUTOINCREMENT); ANALYZE", "CREATE TABLE a (x INTEGER PRIMARY KEY AUTOINCREMENT)", []),
    ])
    func `each kind of difference is told, and nothing else`(expected: String, actual: String, changes: [String]) async throws {
        #expect(try await self.changes(expected, actual) == changes)
    }

    @Test(arguments: [
        ("fts5(title, body)", ["docs"]), ("fts4(title)", ["docs"]), ("rtree(id, x0, x1)", ["docs"]),
    ])
    func `what the engine keeps behind a virtual table is part of that`(module: String, names: [String]) async throws {
        let database = try await MigrationFixture.scratch()
        try await database.run("CREATE VIRTUAL TABLE docs USING \(module); CREATE TABLE docs_mine (x);")
        #expect(try await database.schema().sortedObjects.map(\.name) == ["docs_mine", "docs"])
        #expect(try await database.schema().objects.allSatisfy { !$0.isShadow })
    }

    @Test func `tables that another program keeps can be left out, with what belongs to them`() async throws {
        let database = try await MigrationFixture.scratch()
        try await database.run("CREATE TABLE Other (x); CREATE INDEX i ON Other (x); CREATE TABLE mine (x);")
        #expect(try await database.schema().without(["other", "nowhere"]).objects.map(\.name) == ["mine"])
    }
}
