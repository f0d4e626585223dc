import FoundationEssentials
import Testing

@testable import ParleyServer

@Suite struct RunStateTests {
    @Test func `the article on states has every state of a run once, in order`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Migrations/Migrations.docc/States.md")
        let lines = String(decoding: try Data(contentsOf: path), as: UTF8.self).split(separator: "\n")
        let headings = lines.filter { $0.hasPrefix("### Run: `") }.map { String($0.dropFirst(10).dropLast()) }
        #expect(headings == MigrationProgress.RunState.allCases.map(\.rawValue))
    }
}
