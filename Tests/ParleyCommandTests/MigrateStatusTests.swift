import FoundationEssentials
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateStatusTests {
    private func status(_ workplace: Workplace, _ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["migrate", "status"] + workplace.options + arguments)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    @Test func `status of a database that is not there makes no file`() async throws {
        let workplace = try Workplace()
        let result = try await status(workplace)
        #expect(
            result.status == 0 && result.output.contains("pending") && result.output.contains("001_create_conversations.sql"),
            "\(result)"
        )
        #expect(result.output.hasPrefix("database: \(workplace.database) (there is no file yet)\n"), "\(result)")
        #expect(try workplace.files().isEmpty)
    }

    @Test func `status leaves a database as it is`() async throws {
        let workplace = try Workplace()
        _ = try await Parley(["migrate", "up"] + workplace.options).exit()
        let before = try workplace.files()
        let content = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        #expect(try await status(workplace).status == 0)
        // SQLite's own, which a read-only connection makes to read a write-ahead log, and cannot remove.
        #expect(try workplace.files().filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") } == before)
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == content)
    }

    @Test func `the table has each file, its state and when it was applied`() async throws {
        let workplace = try Workplace()
        _ = try await Parley(["migrate", "up"] + workplace.options).exit()
        try workplace.write("SELECT 1;", to: "002_later.sql")
        let lines = try await status(workplace).output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "database: \(workplace.database)" && lines[1].isEmpty)
        #expect(lines[2].wholeMatch(of: /STATE +APPLIED AT +FILE/) != nil)
        #expect(lines[3].wholeMatch(of: /applied +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +001_create_conversations\.sql/) != nil)
        #expect(lines[4].wholeMatch(of: /pending +- +002_later\.sql/) != nil)
        #expect(lines.suffix(2) == ["1 migration pending", ""])
    }

    @Test func `exit-code tells scripts: 1 pending, 0 applied, 2 where a run would stop`() async throws {
        let workplace = try Workplace()
        #expect(try await status(workplace, "--exit-code").status == 1)
        _ = try await Parley(["migrate", "up"] + workplace.options).exit()
        #expect(try await status(workplace, "--exit-code").status == 0)
        try workplace.write("SELECT 'edited';", to: "001_create_conversations.sql")
        let edited = try await status(workplace, "--exit-code")
        #expect(edited.status == 2 && edited.output.contains("modified") && edited.errors.contains("checksum-mismatch"), "\(edited)")
        #expect(try await status(workplace).status == 0)
    }

    @Test func `quiet leaves the exit status and errors; ok tells whether anything would stop a run`() async throws {
        let workplace = try Workplace()
        #expect(try await status(workplace, "--quiet", "--exit-code") == (1, "", ""))
        #expect(try await status(workplace, "--json").output.hasPrefix(#"{"command":"status","ok":true,"state":"pending","#))
        _ = try await Parley(["migrate", "up"] + workplace.options).exit()
        try workplace.write("SELECT 'edited';", to: "001_create_conversations.sql")
        let edited = try await status(workplace, "--quiet", "--exit-code")
        #expect(edited.status == 2 && edited.output.isEmpty && edited.errors.contains("checksum-mismatch"))
        let json = try await status(workplace, "--json")
        #expect(json.status == 0 && json.output.hasPrefix(#"{"command":"status","ok":false,"#))
    }

    @Test func `exit-code is 2 for names that cannot be and a directory that is not there`() async throws {
        let workplace = try Workplace()
        try workplace.write("SELECT 1;", to: "1_short.sql")
        #expect(try await status(workplace, "--exit-code").status == 2)
        let nowhere = try await Parley.run("migrate", "status", "--migrations", "/nowhere", "--exit-code")
        #expect(nowhere.status == 2 && nowhere.errors.contains("/nowhere"))
    }

    @Test func `json is the document of GET migrations behind its own two members, apart from the times of the run`() async throws {
        let workplace = try Workplace()
        try workplace.write("CREATE TABLE later (x);", to: "002_later.sql")
        _ = try await Parley(["migrate", "up"] + workplace.options).exit()
        let server = try await workplace.serve().ready()
        let served = try await server.get("/migrations").body
        let printed = try await status(workplace, "--json").output
        #expect(try document(printed) == document(served).replacing(/^\{/, with: #"{"command":"status","ok":true,"#))
        #expect(await server.stop() == 0)
        #expect(try await document(status(workplace, "--json").output) == document(printed))
    }

    /// The lines of a document without what tells of one run.
    private func document(_ text: String) throws -> String {
        #expect(text.hasSuffix("}\n"))
        return text.replacing(/"(started_at|finished_at|duration_ms)":("[^"]*"|\d+|null)/, with: "")
    }
}
