import DatabaseTesting
import FoundationEssentials
import Migrations
import Testing

@Suite struct MigrationDraftTests {
    private func names(in fixture: MigrationFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.migrations).sorted()
    }

    @Test(arguments: [
        ("add_titles", "001_add_titles.sql"), ("Add titles!", "001_add_titles.sql"), ("  2nd   try ", "001_2nd_try.sql"),
        ("__x__", "001_x.sql"), ("UPPER-case.sql", "001_upper_case_sql.sql"), ("../../etc/passwd", "001_etc_passwd.sql"),
    ])
    func `a name is made of a title`(_ title: String, _ filename: String) throws {
        let fixture = try MigrationFixture()
        let file = try MigrationDraft(directory: fixture.migrations).create(title)
        #expect(file.filename == filename && file.path == "\(fixture.migrations)/\(filename)" && file.order == 1)
        #expect(try names(in: fixture) == [filename])
    }

    @Test(arguments: ["", " ", "!", "größe", "名前", "٠٠١", String(repeating: "x", count: 201)])
    func `a title without a name in it is refused, and nothing is made`(_ title: String) throws {
        let fixture = try MigrationFixture()
        let failure = #expect(throws: MigrationFailure.self) { try MigrationDraft(directory: fixture.migrations).create(title) }
        #expect(failure?.errors.map(\.code) == [.invalidFilename])
        #expect(try names(in: fixture).isEmpty)
    }

    @Test(arguments: [("001_a.sql", "002_x.sql"), ("0099_a.sql", "0100_x.sql"), ("999_a.sql", "1000_x.sql"), ("README.md", "001_x.sql")])
    func `the number is the first above all others`(_ present: String, _ made: String) throws {
        let fixture = try MigrationFixture([present: "SELECT 1;"])
        #expect(try MigrationDraft(directory: fixture.migrations).create("x").filename == made)
    }

    @Test func `the template is nothing but comments, of which check says that something is missing`() async throws {
        let fixture = try MigrationFixture(["001_a.sql": "CREATE TABLE a (x);"])
        let file = try MigrationDraft(directory: fixture.migrations).create("parley:nothing \u{1B}[31m\n x")
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("--") } && !text.contains("\u{1B}"))
        let result = try await MigrationCheck.result(directory: fixture.migrations)
        #expect(result.errors.map(\.place) == ["002_parley_nothing_31m_x.sql:1:1 no-statement"], "\(result)")
    }

    @Test func `a directory that is not in order is told, and left as it is`() throws {
        let fixture = try MigrationFixture(["001_a.sql": "", "001_b.sql": "", "2_c.sql": ""])
        let failure = #expect(throws: MigrationFailure.self) { try MigrationDraft(directory: fixture.migrations).create("x") }
        #expect(failure?.errors.map(\.code) == [.invalidFilename, .duplicateNumber])
        #expect(try names(in: fixture).count == 3)
    }

    @Test func `the last number that there is has none behind it`() throws {
        let fixture = try MigrationFixture([.init("\(Int.max)_a.sql"): ""])
        let failure = #expect(throws: MigrationFailure.self) { try MigrationDraft(directory: fixture.migrations).create("x") }
        #expect(failure?.errors.map(\.code) == [.invalidFilename])
    }

    @Test func `a directory that is not there is told`() {
        let failure = #expect(throws: MigrationFailure.self) { try MigrationDraft(directory: "/nowhere").create("x") }
        #expect(failure?.errors.map(\.code) == [.directoryUnreadable])
    }

    @Test func `of many at once, each makes a file of its own or is refused`() async throws {
        let fixture = try MigrationFixture()
        let made = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { (try? MigrationDraft(directory: fixture.migrations).create("same")) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(try names(in: fixture).count == made && made > 0)
    }
}
