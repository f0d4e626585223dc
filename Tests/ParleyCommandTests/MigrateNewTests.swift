import DatabaseTesting
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateNewTests {
    private func new(_ workplace: Workplace, _ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["migrate", "new", "--migrations", workplace.migrations] + arguments)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    @Test func `the path of the new file is printed, and without a statement the file is refused`() async throws {
        let workplace = try Workplace()
        let made = try await new(workplace, "Add titles!")
        #expect(made.status == 0 && made.output == "\(workplace.migrations)/002_add_titles.sql\n" && made.errors.isEmpty, "\(made)")
        let check = try await Parley.run("migrate", "check", "--migrations", workplace.migrations)
        #expect(check.errors.contains("[no-statement]") || check.output.contains("[no-statement]"), "\(check)")
        #expect(try await workplace.migrate("up").errors.contains("[no-statement]"))
    }

    @Test func `a name that cannot be is 64, with what to write`() async throws {
        let workplace = try Workplace()
        let refused = try await new(workplace, "Größe")
        #expect(refused.status == 64 && refused.output.isEmpty && refused.errors.contains("next: say in a few English words"), "\(refused)")
    }

    @Test func `a number that is there twice is 3`() async throws {
        let workplace = try Workplace()
        try workplace.write("", to: "001_again.sql")
        let refused = try await new(workplace, "x", "--json")
        #expect(
            refused.status == 3 && refused.output.hasPrefix("{\"command\":\"new\",\"ok\":false,")
                && refused.output.contains("duplicate-number")
        )
    }

    @Test func `json has the path, and quiet says nothing`() async throws {
        let workplace = try Workplace()
        let json = try await new(workplace, "a b", "--json")
        let members = "\"version\":\"002\",\"filename\":\"002_a_b.sql\",\"path\":\"\(workplace.migrations)/002_a_b.sql\",\"errors\":[]}\n"
        #expect(json.output == "{\"command\":\"new\",\"ok\":true,\"directory\":\"\(workplace.migrations)\",\(members)", "\(json)")
        let quiet = try await new(workplace, "c", "--quiet")
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
    }
}
