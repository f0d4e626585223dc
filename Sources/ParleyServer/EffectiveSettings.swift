/// The settings that hold, and where each comes from.
public struct EffectiveSettings: Sendable {
    /// A value as somebody has given it.
    struct Given: Sendable {
        let text: String
        let origin: SettingOrigin
    }

    public internal(set) var settings = Settings()
    /// What was given; all others have their default.
    var given: [SettingKey: Given] = [:]

    /// The value as it was given, or the default in words.
    func text(of key: SettingKey) -> String { given[key]?.text ?? key.setting.defaultText }

    func origin(of key: SettingKey) -> SettingOrigin { given[key]?.origin ?? .builtIn }
}
