import Database
import DatabaseTesting
import FoundationEssentials
import Migrations
import Testing

/// The articles say what the code does, and their code is that of the example, which is built and run.
@Suite struct DocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    private static let catalog = root.appendingPathComponent("Sources/Migrations/Migrations.docc")

    @Test func `the article on failures has every code once, and nothing else`() throws {
        let codes = MigrationError.Code.allCases.map(\.rawValue)
        #expect(try headings(of: "FailureModes").sorted() == codes.sorted())
    }

    @Test func `the article on states has every state of a migration once, in order`() throws {
        let states = MigrationStatus.allCases.map(\.rawValue)
        #expect(try headings(of: "States") == states)
    }

    @Test(arguments: try articles())
    func `every piece of Swift in an article stands in the example`(_ article: String) throws {
        let example = try Self.example()
        for block in try blocks(of: "swift", in: article) {
            #expect(example.contains { $0.contains(block) }, "\(article).md:\n\(block)")
        }
    }

    @Test func `the SQL of the articles can be applied, piece by piece`() async throws {
        let pieces = try ["GettingStarted", "WritingMigrations"].flatMap { try blocks(of: "sql", in: $0) }
        let fixture = try MigrationFixture()
        for (index, sql) in pieces.enumerated() { try fixture.add(["00\(index + 1)_piece.sql": .text(sql)]) }
        #expect(try await fixture.migrate().count == 3)
    }

    @Test func `the module page leads to every article`() throws {
        let page = try lines(of: "Migrations")
        for article in try Self.articles() where article != "Migrations" { #expect(page.contains("- <doc:\(article)>")) }
    }

    // MARK: - Reading the articles

    private static func articles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: catalog.path).filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
    }

    private func lines(of article: String) throws -> [Substring] {
        try Self.lines(at: Self.catalog.appendingPathComponent("\(article).md").path)
    }

    private static func lines(at path: String) throws -> [Substring] {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
    }

    /// What stands between the backticks of each heading such as "### `missing`".
    private func headings(of article: String) throws -> [String] {
        try lines(of: article).filter { $0.hasPrefix("### `") && $0.hasSuffix("`") }.map { String($0.dropFirst(5).dropLast()) }
    }

    private func blocks(of language: String, in article: String) throws -> [String] {
        var blocks: [[Substring]] = []
        var fence: String?
        for line in try lines(of: article) {
            if line.hasPrefix("```") {
                fence = fence == nil ? String(line.dropFirst(3)) : nil
                if fence == language { blocks.append([]) }
            } else if fence == language {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks.map { $0.joined(separator: "\n") }
    }

    /// The snippets of the example, each without the indentation of its first line.
    private static func example() throws -> [String] {
        let directory = root.appendingPathComponent("Examples/NotesApp").path
        let files = try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.hasSuffix(".swift") && !$0.hasPrefix(".") }
        return try files.flatMap { try snippets(in: lines(at: "\(directory)/\($0)")) }
    }

    private static func snippets(in lines: [Substring]) throws -> [String] {
        var snippets: [[Substring]] = []
        var isInside = false
        for line in lines {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("// snippet") {
                isInside = text != "// snippet end"
                if isInside { snippets.append([]) }
            } else if isInside {
                snippets[snippets.count - 1].append(line)
            }
        }
        return snippets.map { lines in
            let indentation = lines.first?.prefix { $0 == " " }.count ?? 0
            return lines.map { $0.dropFirst(min(indentation, $0.prefix { $0 == " " }.count)) }.joined(separator: "\n")
        }
    }
}
