import DatabaseTesting
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateCheckTests {
    private struct Document: Decodable {
        struct Item: Decodable {
            let code: String
            let filename: String?
            let message: String
            let line: Int?
            let column: Int?
            let statement: Int?
            let recovery: String
            let acceptedBecause: String?
        }

        let command: String
        let ok: Bool
        let directory: String
        let files: Int
        let nextVersion: String?
        let errors: [Item]
        let findings: [Item]
        let notes: [String]
    }

    private func check(_ workplace: Workplace, _ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["migrate", "check", "--migrations", workplace.migrations] + arguments)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    private func document(_ text: String) throws -> Document {
        #expect(text.hasPrefix("{\"command\":\"check\",\"ok\":") && text.hasSuffix("}\n"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Document.self, from: Data(text.utf8))
    }

    @Test func `what Parley ships is clean`() async throws {
        let result = try await check(Workplace())
        #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
        #expect(result.output == "1 file: 0 errors, 0 findings; the next number is 002\n")
    }

    @Test func `a finding is 1, on standard error, and no database is made`() async throws {
        let workplace = try Workplace()
        try workplace.write("DROP TABLE conversations;", to: "002_drop.sql")
        let result = try await check(workplace)
        #expect(result.status == 1 && result.output == "2 files: 0 errors, 1 finding; the next number is 003\n", "\(result)")
        #expect(result.errors.hasPrefix("\(workplace.migrations)/002_drop.sql:1:1: warning: it drops the table conversations"), "\(result)")
        #expect(try workplace.files().isEmpty)
    }

    @Test func `a finding that is accepted is 0, with the reason on standard output`() async throws {
        let workplace = try Workplace()
        try workplace.write("-- parley:allow drop-table moved elsewhere\nDROP TABLE conversations;", to: "002_drop.sql")
        let result = try await check(workplace)
        #expect(result.status == 0 && result.errors.isEmpty && result.output.contains("accepted: moved elsewhere"), "\(result)")
        #expect(result.output.hasSuffix("2 files: 0 errors, 0 findings, 1 accepted; the next number is 003\n"))
    }

    @Test func `an error is 3, before findings`() async throws {
        let workplace = try Workplace()
        try workplace.write("DROP TABLE conversations;", to: "002_drop.sql")
        try workplace.write("SELECT titel;", to: "003_broken.sql")
        let result = try await check(workplace)
        #expect(result.status == 3 && result.errors.hasPrefix("\(workplace.migrations)/003_broken.sql:1:8: error: "), "\(result)")
        #expect(result.output.hasPrefix("3 files: 1 error, 1 finding;"))
    }

    @Test func `quiet says only what stands`() async throws {
        let workplace = try Workplace()
        let clean = try await check(workplace, "--quiet")
        #expect(clean.status == 0 && clean.output.isEmpty && clean.errors.isEmpty)
        try workplace.write("DROP TABLE conversations;", to: "002_drop.sql")
        let dropped = try await check(workplace, "--quiet")
        #expect(dropped.status == 1 && dropped.output.isEmpty && dropped.errors.contains("[drop-table]"))
    }

    @Test func `json has the findings, the errors and the next number`() async throws {
        let workplace = try Workplace()
        try workplace.write(
            "-- parley:allow drop-table y\nDROP TABLE conversations;\nSELECT 1; -- parley:allow drop-table z",
            to: "002_drop.sql"
        )
        try workplace.write("COMMIT;", to: "003_broken.sql")
        let result = try await check(workplace, "--json")
        let document = try document(result.output)
        #expect(result.status == 3 && result.errors.contains("[unused-allow]"))
        #expect(!document.ok && document.files == 3 && document.nextVersion == "004" && document.directory == workplace.migrations)
        #expect(document.errors.map(\.code) == ["forbidden-statement"] && document.errors[0].filename == "003_broken.sql")
        #expect(document.findings.map(\.code) == ["drop-table", "unused-allow"])
        #expect(document.findings[0].acceptedBecause == "y" && document.findings[0].line == 2 && document.findings[0].statement == 1)
    }

    @Test func `a directory that is not there is 3, in words and as json`() async throws {
        let words = try await Parley.run("migrate", "check", "--migrations", "/nowhere")
        #expect(words.status == 3 && words.errors.contains("/nowhere cannot be read") && words.errors.contains("next: "))
        let json = try await Parley.run("migrate", "check", "--migrations", "/nowhere", "--json")
        let document = try document(json.output)
        #expect(json.status == 3 && document.errors.map(\.code) == ["directory-unreadable"] && document.nextVersion == nil)
    }
}
