import FoundationEssentials
import Testing

@testable import ParleyServer

/// The documents say what the code does.
@Suite struct ReadmeTests {
    private let readme: String
    private let changelog: String
    private let openAPI: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        func read(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: root.appendingPathComponent(name)), as: UTF8.self)
        }
        (readme, changelog, openAPI) = (try read("README.md"), try read("CHANGELOG.md"), try read("openapi.yaml"))
    }

    @Test(arguments: SettingKey.allCases)
    func `the table of settings has every flag with its environment variable`(_ key: SettingKey) {
        #expect(readme.contains("| `\(key.flag)` | `\(key.environmentName)"))
    }

    @Test func `the table of settings has nothing else`() {
        #expect(readme.split(separator: "\n").count { $0.hasPrefix("| `--") } == SettingKey.allCases.count)
    }

    @Test func `the release has an entry in the changelog, and is the OpenAPI document's version`() {
        #expect(changelog.contains("## [\(Release.version)]"))
        #expect(openAPI.contains("version: \(Release.version)"))
    }

    @Test(arguments: ["script/server", "script/test"])
    func `the scripts that the README names can be run`(_ script: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../\(script)").path
        #expect(readme.contains("\n\(script)\n") && FileManager.default.isExecutableFile(atPath: path))
    }
}
