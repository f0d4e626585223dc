import Database
import Glibc

@testable import Migrations

extension MigrationFixture {
    /// The outcome of a verification of the fixture's database, against a scratch database in memory.
    func verify(ignoring ignored: [String] = []) async throws -> SchemaVerification {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(databasePath), isReadOnly: true))
        let result = try await SchemaVerification(of: database, directory: migrations, scratch: try await Self.scratch(), ignoring: ignored)
        try await database.close()
        return result
    }

    /// Runs SQL that no migration has in it, as somebody does by hand or with another tool.
    func byHand(_ script: String) async throws {
        let database = try await open()
        try await database.run(script)
        try await database.close()
    }

    static func scratch() async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
    }

    /// The rows of the record: name and checksum, in the order of application.
    func record() async throws -> [String] {
        let database = try await open()
        let rows = try await MigrationTracking(database: database, logger: .silent).appliedMigrations()
        try await database.close()
        return rows.map { "\($0.filename) \($0.checksum ?? "-")" }
    }
}

extension DatabaseBridge {
    /// Runs a script as a migration is run.
    func run(_ script: String) async throws {
        try await withSchemaSession(SchemaSessionOptions()) { session in
            try session.transaction { try session.run(Script(Array(script.utf8)), rules: ScriptRules(protectedTable: "")) { _ in } }
        }
    }

    func schema() async throws -> SchemaSnapshot {
        try await read { session in try SchemaSnapshot(of: session) }
    }
}

extension SchemaSnapshot {
    /// `missing index note_text`
    func changes(from expected: SchemaSnapshot) -> [String] {
        differences(from: expected).map(\.summary)
    }
}

extension SchemaDifference {
    var summary: String { "\(state.rawValue) \(kind.rawValue) \(name)" }
}
