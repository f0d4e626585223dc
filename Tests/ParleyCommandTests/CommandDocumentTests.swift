import Foundation
import Testing

/// `docs/migrate.schema.json` describes what the commands print.
@Suite(.timeLimit(.minutes(1))) struct CommandDocumentTests {
    private let workplace: Workplace
    private let schema: JSONSchema

    init() throws {
        workplace = try Workplace()
        let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        schema = try JSONSchema(contentsOf: repository.appending(path: "docs/migrate.schema.json").path)
    }

    /// Runs a command with `--json` and holds what it prints to the schema; returns the definition that it is an example of.
    private func document(_ arguments: String..., options: [String]? = nil) async throws -> String {
        let parley = try Parley(arguments + (options ?? workplace.options) + ["--json"])
        _ = await parley.exit()
        let output = await parley.output.whole()
        #expect(try schema.faults(in: output) == [], "\(arguments): \(output)")
        return arguments.prefix { !$0.hasPrefix("-") }.prefix(2).joined(separator: "-").replacing("migrate-", with: "")
    }

    @Test func `every command's document is as the schema says, in success and in failure`() async throws {
        let database = ["--database", workplace.database]
        let directory = ["--migrations", workplace.migrations]
        var seen: Set<String> = []
        seen.insert(try await document("migrate", "status"))
        seen.insert(try await document("migrate", "up", "--dry-run"))
        seen.insert(try await document("migrate", "up"))
        seen.insert(try await document("migrate", "status"))
        seen.insert(try await document("migrate", "verify"))
        seen.insert(try await document("migrate", "dump"))
        try await workplace.byHand("ALTER TABLE conversations ADD COLUMN pinned INTEGER")
        seen.insert(try await document("migrate", "verify"))
        seen.insert(try await document("migrate", "new", "add topics", options: directory))
        seen.insert(try await document("migrate", "new", "!", options: directory))
        try workplace.write("DROP TABLE conversations;", to: "003_drop.sql")
        seen.insert(try await document("migrate", "check", options: directory))
        try workplace.write("SELECT titel FROM conversations;", to: "002_add_topics.sql")
        seen.insert(try await document("migrate", "check", options: directory))
        seen.insert(try await document("migrate", "up"))
        try workplace.write("-- edited", to: "001_create_conversations.sql")
        seen.insert(try await document("migrate", "status"))
        seen.insert(try await document("migrate", "up"))
        seen.insert(try await document("migrate", "repair"))
        seen.insert(try await document("migrate", "baseline"))
        seen.insert(try await document("backup", "create", options: database))
        seen.insert(try await document("backup", "list", options: database))
        _ = try await document("backup", "verify", "latest", options: database)
        _ = try await document("backup", "restore", "latest", "--yes", options: database)
        _ = try await document("backup", "verify", "/nowhere", options: database)
        seen.formUnion(["backup-verify", "backup-restore"])
        seen.insert(try await document("migrate", "status", options: ["--database", workplace.migrations] + directory))
        seen.insert(try await document("config", "print"))
        #expect(seen == Set(schema.alternatives), "\(seen.symmetricDifference(schema.alternatives)) has no example")
    }
}
