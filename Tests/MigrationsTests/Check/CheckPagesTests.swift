import DatabaseTesting
import FoundationEssentials
import Migrations
import Testing

/// The pages in docs/checks hold what they say: the example gives the finding that is printed below it, and the safe way gives none.
@Suite struct CheckPagesTests {
    /// A page, by its fenced blocks.
    private struct Page {
        /// The files of the example, without the line that names each.
        let example: [String: String]
        /// What `check` prints for them.
        let printed: String
        /// The files of the safe way.
        let safe: [String: String]

        init(_ text: String) {
            let parts = text.split(separator: "\n## The safe way\n", maxSplits: 1).map(String.init)
            example = Self.files(in: parts[0])
            printed = Self.blocks("text", in: parts[0]).joined()
            safe = parts.count > 1 ? Self.files(in: parts[1]) : [:]
        }

        /// The safe way stands in for the files of the example from its first file on.
        var repaired: [String: String] {
            let first = safe.keys.min() ?? ""
            return example.filter { $0.key < first }.merging(safe) { $1 }
        }

        private static func files(in text: String) -> [String: String] {
            let files = blocks("sql", in: text).map { block in
                let lines = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(lines[0].dropFirst("-- migrations/".count)), String(lines[1]))
            }
            return Dictionary(files) { first, _ in first }
        }

        private static func blocks(_ language: String, in text: String) -> [String] {
            text.split(separator: "```\(language)\n").dropFirst().map { String($0.split(separator: "```", maxSplits: 1)[0]) }
        }
    }

    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../docs/checks").standardized.path

    private func page(_ code: MigrationFinding.Code) throws -> Page {
        Page(try String(contentsOfFile: "\(Self.directory)/\(code.rawValue).md", encoding: .utf8))
    }

    @Test func `each code has its page, and no page is left over`() throws {
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.directory).filter { $0 != "README.md" }
        #expect(Set(pages) == Set(MigrationFinding.Code.allCases.map { "\($0.rawValue).md" }))
        let list = try String(contentsOfFile: "\(Self.directory)/README.md", encoding: .utf8)
        for code in MigrationFinding.Code.allCases { #expect(list.contains("[\(code.rawValue)](\(code.rawValue).md)")) }
    }

    @Test(arguments: MigrationFinding.Code.allCases)
    func `the example of a page gives its code, and what is printed there`(_ code: MigrationFinding.Code) async throws {
        let page = try page(code)
        let result = try await MigrationCheck.result(page.example.mapValues { FileContent.text($0) })
        #expect(result.errors.isEmpty && result.standing.contains { $0.code == code }, "\(result)")
        let printed = result.standing.map { $0.diagnosis(directory: "migrations") + "\n" }.joined()
        #expect(printed == page.printed)
    }

    @Test(arguments: MigrationFinding.Code.allCases)
    func `the safe way of a page passes`(_ code: MigrationFinding.Code) async throws {
        let page = try page(code)
        #expect(!page.safe.isEmpty)
        let result = try await MigrationCheck.result(page.repaired.mapValues { FileContent.text($0) })
        #expect(result.isClean && result.notes.isEmpty, "\(result)")
    }
}
