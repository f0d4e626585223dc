import Migrations
import Testing

/// What `check` calls an error is what a run stops for on a new database, and nothing else.
@Suite struct CheckAgainstRunTests {
    private static let cases = [
        MigrationCase.transactions, MigrationCase.forbidden, MigrationCase.records, MigrationCase.foreignKeys, MigrationCase.texts,
        MigrationCase.names, MigrationCase.histories,
    ].flatMap(\.self).filter { $0.earlier.isEmpty && $0.setUp.isEmpty && $0.options == MigrationOptions() }

    @Test(arguments: cases)
    func `check stops where a run stops`(_ example: MigrationCase) async throws {
        let result = try await MigrationCheck.result(example.files)
        switch example.outcome {
        case .applies: #expect(result.errors.isEmpty, "\(result.errors)")
        case .fails(let expected, _): #expect(result.errors.map(\.place) == expected)
        }
    }
}
