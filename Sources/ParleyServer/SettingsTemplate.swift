/// A settings file to begin with: every setting with its meaning, commented out where nobody has given it a value.
public struct SettingsTemplate: Sendable {
    public let text: String

    /// - Parameter effective: those that are given a value, and how they are set.
    public init(_ effective: EffectiveSettings) {
        // A file cannot name another one.
        let entries = SettingKey.allCases.filter { $0 != .config }.map { Self.entry($0, effective.given[$0]) }
        text = """
            # Settings of parley, each by the name of its flag. What is commented out shows the default, or what a value has to be.
            # The environment (PARLEY_LOG_LEVEL=debug) and flags win over this file; parley config print shows what holds.

            \(entries.joined(separator: "\n\n"))

            """
    }

    private static func entry(_ key: SettingKey, _ given: EffectiveSettings.Given?) -> String {
        let setting = key.setting
        let meaning = "# \(setting.meaning).\n"
        if let given, !setting.isSecret { return meaning + line(key, given.text) }
        var settings = Settings()
        // Where no value would say the same, the default is told in words; "none" could be a path.
        guard setting.read(setting.defaultText, into: &settings), !setting.defaultText.hasPrefix("none") else {
            return "\(meaning)# Default: \(setting.defaultText). A value has to be \(setting.form).\n#\(key.rawValue):"
        }
        return "\(meaning)#\(line(key, setting.defaultText))"
    }

    /// In quotes where YAML could take the value for something else.
    private static func line(_ key: SettingKey, _ value: String) -> String {
        let isPlain = value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./-".contains($0)) }
        return "\(key.rawValue): \(isPlain ? value : "'\(value.replacing("'", with: "''"))'")"
    }
}
