import DatabaseTesting
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateRepairTests {
    private let workplace: Workplace

    init() async throws {
        workplace = try Workplace(shipped: false)
        for (name, sql) in [("001_a.sql", "CREATE TABLE a (x);"), ("002_b.sql", "CREATE TABLE b (x);"), ("003_c.sql", "SELECT 1;")] {
            try workplace.write(sql, to: name)
        }
        _ = try await workplace.migrate("up")
    }

    private func breakOnPurpose() throws {
        try workplace.write("CREATE TABLE a (x); -- why", to: "001_a.sql")
        try FileManager.default.moveItem(atPath: "\(workplace.migrations)/002_b.sql", toPath: "\(workplace.migrations)/002_bee.sql")
    }

    @Test func `a record that agrees with its files is 0, and nothing is asked`() async throws {
        #expect(try await workplace.migrate("repair") == (0, "nothing to repair: the record can stay as it is\n", ""))
    }

    @Test func `without a terminal and without yes it is 64, and nothing is changed`() async throws {
        try breakOnPurpose()
        let result = try await workplace.migrate("repair")
        #expect(result.errors == "Error: there is no terminal to ask on: say --yes to change the record as shown\n")
        #expect(result.status == 64 && result.errors.contains("--yes"), "\(result)")
        #expect(result.output.contains("to change: 2 rows of the record, and nothing else\n  edited   001_a.sql: sha256:"))
        #expect(result.output.contains("  renamed  002_b.sql becomes 002_bee.sql\n"))
        #expect(try await workplace.recorded() == ["001_a.sql", "002_b.sql", "003_c.sql"])
    }

    @Test func `yes repairs without asking, and a run goes on`() async throws {
        try breakOnPurpose()
        #expect(try await workplace.migrate("up").status == 3)
        let result = try await workplace.migrate("repair", "--yes")
        #expect(result.status == 0 && result.output.hasPrefix("changed: 2 rows of the record, and nothing else\n"), "\(result)")
        #expect(try await workplace.recorded() == ["001_a.sql", "002_bee.sql", "003_c.sql"])
        #expect(try await workplace.migrate("up").status == 0)
        #expect(try await workplace.migrate("verify").status == 0)
    }

    @Test(arguments: [("y", 0, true), ("YES", 0, true), ("n", 1, false), ("", 1, false), ("yes please", 1, false)])
    func `on a terminal it asks`(answer: String, status: Int32, isRepaired: Bool) async throws {
        try breakOnPurpose()
        let terminal = try PseudoTerminal()
        terminal.type(answer)
        let result = try await workplace.migrate("repair", input: terminal.path)
        #expect(result.status == status, "\(result)")
        #expect(result.output.hasPrefix("to change: 2 rows") && result.output.contains("\nchanged: 2 rows") == isRepaired, "\(result)")
        // Standard output is no terminal here, so whoever is asked has seen nothing of it.
        #expect(result.errors.hasPrefix("to change: 2 rows") && result.errors.contains("\nchange these 2 rows? [y/N] "), "\(result)")
        #expect(try await workplace.recorded().contains("002_bee.sql") == isRepaired)
    }

    @Test func `quiet shows what it asks about`() async throws {
        try breakOnPurpose()
        let terminal = try PseudoTerminal()
        terminal.type("y")
        let result = try await workplace.migrate("repair", "--quiet", input: terminal.path)
        #expect(result.status == 0 && result.output.isEmpty && result.errors.hasPrefix("to change: 2 rows"), "\(result)")
    }

    @Test func `json shows without yes, and does with it`() async throws {
        try FileManager.default.moveItem(atPath: "\(workplace.migrations)/002_b.sql", toPath: "\(workplace.migrations)/002_bee.sql")
        let terminal = try PseudoTerminal()
        let shown = try await workplace.migrate("repair", "--json", input: terminal.path)
        let steps = #""steps":[{"action":"rename","filename":"002_bee.sql","recorded_filename":"002_b.sql","recorded_checksum":null,"#
        #expect(shown.status == 1 && shown.errors.isEmpty)
        #expect(shown.output.hasPrefix(#"{"command":"repair","ok":false,"done":false,"# + steps), "\(shown.output)")
        let done = try await workplace.migrate("repair", "--json", "--yes")
        #expect(done.status == 0 && done.output.hasPrefix(#"{"command":"repair","ok":true,"done":true,"# + steps), "\(done)")
    }

    @Test(arguments: ["CREATE TABLE b (x);\nALTR\n", "CREATE TABLE b (x, y);"])
    func `an edit that cannot run, or that changes the schema, is 3 and is not recorded`(edit: String) async throws {
        try workplace.write(edit, to: "002_b.sql")
        let result = try await workplace.migrate("repair", "--yes")
        #expect(
            result.status == 3 && result.output.hasPrefix("not repairable:\n  002_b.sql:\(edit.contains("ALTR") ? "2:1:" : "") "),
            "\(result)"
        )
        #expect(result.output.contains("+CREATE TABLE b (x)") != edit.contains("ALTR"), "\(result)")
        #expect(try await workplace.migrate("status", "--exit-code").status == 2)
        let json = try await workplace.migrate("repair", "--yes", "--json")
        #expect(json.status == 3 && json.output.hasPrefix(#"{"command":"repair","ok":false,"done":false,"steps":[],"differences":["#))
    }

    @Test func `what cannot be repaired is 3, with what to do, and the rest is repaired`() async throws {
        try breakOnPurpose()
        try workplace.write("SELECT 1;", to: "004_d.sql")
        try FileManager.default.removeItem(atPath: "\(workplace.migrations)/003_c.sql")
        let result = try await workplace.migrate("repair", "--yes")
        #expect(result.status == 3, "\(result)")
        let rest = """
            not repairable:
              003_c.sql: the file is gone, although it was applied [missing-file]
                next: put the file back: a new database needs it

            """
        #expect(result.output.hasPrefix("changed: 2 rows") && result.output.hasSuffix(rest), "\(result.output)")
        let json = try await workplace.migrate("repair", "--json")
        #expect(json.status == 3 && json.output.contains(#""errors":[{"code":"missing-file","filename":"003_c.sql","#))
    }
}
