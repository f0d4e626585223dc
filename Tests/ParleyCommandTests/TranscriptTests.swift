import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1))) struct TranscriptTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../script/transcript").standardized.path

    /// What the page's commands use; `.ci/run` installs them.
    private static var hasTools: Bool {
        ["curl", "jq", "openssl"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    }

    @Test(.enabled(if: hasTools, "curl, jq or openssl is missing"))
    func `the page on HTTP shows what its commands print`() async throws {
        let transcript = try Parley(["--check"], program: Self.script, environment: ["PARLEY": Parley.path(of: "parley")])
        let status = await transcript.exit()
        let (difference, errors) = (await transcript.output.whole(), await transcript.errors.whole())
        #expect(status == 0, "\(difference)\(errors)")
    }
}
