import Foundation
import Testing

/// The tests that docs/threat-model.md names are there.
@Suite struct ThreatModelTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")

    /// What stands in backquotes in the last column of each threat.
    private func namedTests() throws -> [[String]] {
        let page = try String(contentsOf: Self.root.appendingPathComponent("docs/threat-model.md"), encoding: .utf8)
        return page.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("|"), columns.count == 3, columns[2] != "shown by", !columns[2].hasPrefix("---") else { return nil }
            return columns[2].matches(of: /`([^`]+)`/).map { String($0.output.1) }
        }
    }

    private func tests() throws -> Set<String> {
        let files = FileManager.default.enumerator(at: Self.root.appendingPathComponent("Tests"), includingPropertiesForKeys: nil)
        let sources = (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        return try sources.reduce(into: []) { names, file in
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: /func `([^`]+)`/) {
                names.insert(String(match.output.1))
            }
        }
    }

    @Test func `each threat names tests, and each of them is there`() throws {
        let (named, tests) = (try namedTests(), try tests())
        #expect(named.count > 15 && named.allSatisfy { !$0.isEmpty })
        #expect(named.joined().filter { !tests.contains($0) } == [])
    }
}
