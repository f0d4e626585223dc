/// The settings that environment variables give, and the variables that give none although they look as if they did.
struct SettingsEnvironment {
    private(set) var values: [SettingKey: EffectiveSettings.Given] = [:]
    /// A sentence for each thing that is wrong.
    private(set) var faults: [String] = []

    init(_ environment: [String: String]) {
        let variables = environment.filter { $0.key.hasPrefix("PARLEY_") && !ServiceLink.matches($0.key, $0.value) }
        for key in SettingKey.allCases {
            // An empty name of the file is what a shell makes of a variable that it does not know: no file.
            if let text = variables[key.environmentName], key != .config || !text.isEmpty {
                values[key] = EffectiveSettings.Given(text: text, origin: .environment(key.environmentName))
            }
            if let path = variables[key.environmentFileName], key.setting.isSecret { readSecret(key, from: path) }
        }
        for name in variables.keys.sorted() where !Self.names.contains(name) { faults.append(Self.unknown(name)) }
    }

    /// As swift-configuration has them.
    var source: SettingsSource { SettingsSource(values.map { ($0, $1) }) }

    private static let names = SettingKey.allCases.flatMap { key in
        key.setting.isSecret ? [key.environmentName, key.environmentFileName] : [key.environmentName]
    }

    private static func unknown(_ name: String) -> String {
        guard let key = SettingKey.allCases.first(where: { $0.environmentFileName == name }) else {
            return "there is no setting \(name)" + NearestName.question(name, among: names)
        }
        return "there is no setting \(name): only secrets are read from a file of their own; use \(key.environmentName)"
    }

    /// One line end at the end of the file is the editor's, and not the secret's.
    private mutating func readSecret(_ key: SettingKey, from path: String) {
        let name = key.environmentFileName
        guard values[key] == nil else {
            faults.append("\(key.environmentName) and \(name) are both set; use one of them")
            return
        }
        do throws(SmallFile.Failure) {
            guard var text = String(validating: try SmallFile.read(path), as: UTF8.self) else {
                throw SmallFile.Failure(reason: "it is not UTF-8")
            }
            if text.last == "\n" || text.last == "\r\n" { text.removeLast() }
            values[key] = EffectiveSettings.Given(text: text, origin: .environment(name))
        } catch {
            faults.append("\(name): \(path) cannot be read: \(error.reason)")
        }
    }
}
