import FoundationEssentials
import Testing

@testable import ParleyServer

/// The documents say what the code does.
@Suite struct ReadmeTests {
    private let readme: String
    private let changelog: String
    private let configuration: String
    private let openAPI: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        func read(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: root.appendingPathComponent(name)), as: UTF8.self)
        }
        (readme, changelog, openAPI) = (try read("README.md"), try read("CHANGELOG.md"), try read("openapi.yaml"))
        configuration = try read("docs/configuration.md")
    }

    @Test func `the table in the documents is that of the code`() throws {
        let rows = SettingKey.allCases.map { key in
            let setting = key.setting
            let isReread = setting.meaning.hasSuffix("read again on SIGHUP")
            let reload = setting.isReloaded ? "yes" : isReread ? "the file" : ""
            let flag = key.hasFlag ? "`\(key.flag)`" : "none"
            let variables = key.hasFlag ? "`\(key.environmentName)`" : "`\(key.environmentName)`, `\(key.environmentFileName)`"
            return "| \(flag) | \(variables) | \(setting.defaultText) | \(reload) | \(setting.meaning) |"
        }
        let written = configuration.split(separator: "\n").filter { $0.contains("| `PARLEY_") }.map(String.init)
        #expect(written == rows, "docs/configuration.md should have:\n\(rows.joined(separator: "\n"))")
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
