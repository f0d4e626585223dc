import Testing

/// What cannot be written must not look like a success: a script would keep half a document.
@Suite(.timeLimit(.minutes(1))) struct StandardOutputTests {
    private let workplace: Workplace

    init() async throws {
        workplace = try Workplace()
        _ = try await workplace.migrate("up")
    }

    /// Runs `parley` with its standard output somewhere else.
    private func run(_ command: String, options: [String], into target: String) async throws -> (status: Int32, errors: String) {
        let line = "'\(Parley.path(of: "parley"))' \(command) " + options.map { "'\($0)'" }.joined(separator: " ") + " \(target)"
        let parley = try Parley(["-c", line], program: "/bin/sh")
        return (await parley.exit(), await parley.errors.whole())
    }

    @Test(arguments: [
        "migrate dump", "migrate dump --json", "migrate status", "migrate status --json", "migrate verify", "migrate up",
        "migrate up --json",
        "migrate up --dry-run", "migrate repair",
    ])
    func `a full disk is 2, with the reason`(command: String) async throws {
        let result = try await run(command, options: workplace.options, into: "> /dev/full")
        #expect(result.status == 2)
        #expect(result.errors == "error: standard output cannot be written: No space left on device\n")
    }

    @Test(arguments: ["backup list", "backup list --json"])
    func `a full disk is 2 for the list of backups too`(command: String) async throws {
        let result = try await run(command, options: ["--database", workplace.database], into: "> /dev/full")
        #expect(result.status == 2 && result.errors.contains("standard output cannot be written"))
    }

    @Test func `a run whose lines cannot be written goes on to its end`() async throws {
        try workplace.write("CREATE TABLE b (x);", to: "002_b.sql")
        try workplace.write("CREATE TABLE c (x);", to: "003_c.sql")
        #expect(try await run("migrate up", options: workplace.options, into: "> /dev/full").status == 2)
        #expect(try await workplace.recorded().suffix(2) == ["002_b.sql", "003_c.sql"])
    }

    @Test func `a pipe that nobody reads is no reason to say anything`() async throws {
        let result = try await run("migrate dump", options: workplace.options, into: "| true")
        #expect(result.errors.isEmpty)
    }
}
