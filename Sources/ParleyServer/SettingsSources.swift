import Configuration
import FoundationEssentials

/// Where settings come from: a flag beats the environment, which beats the file, which beats the default.
///
/// The file, and the files with secrets, are read anew each time; a reload asks the same sources again.
public struct SettingsSources: Sendable {
    private let flags: [SettingKey: String]
    private let environment: [String: String]

    /// - Parameters:
    ///   - flags: what the command line has said.
    ///   - environment: the process's own unless said.
    public init(flags: [SettingKey: String], environment: [String: String]? = nil) {
        self.flags = flags
        self.environment = environment ?? ProcessInfo.processInfo.environment
    }

    /// - Throws: ``SettingsError`` with everything that is wrong: values that cannot be, and names that are none.
    public func read() throws(SettingsError) -> EffectiveSettings {
        let environment = SettingsEnvironment(environment)
        let path = flags[.config] ?? environment.values[.config]?.text
        let file = path.map(SettingsFile.init)
        var faults = environment.faults + (file?.faults ?? [])
        let effective = resolve([flagSource, environment.source] + (file.map { [$0.source] } ?? []), &faults)
        guard faults.isEmpty else { throw SettingsError(faults: faults) }
        return effective
    }

    private var flagSource: SettingsSource {
        SettingsSource(flags.map { ($0.key, EffectiveSettings.Given(text: $0.value, origin: .flag($0.key.flag))) })
    }

    /// - Parameter sources: the strongest first.
    private func resolve(_ sources: [SettingsSource], _ faults: inout [String]) -> EffectiveSettings {
        let config = ConfigReader(providers: sources.map(\.provider))
        var effective = EffectiveSettings()
        for key in SettingKey.allCases {
            // In this order, since most settings have no origin, and every command reads all of them when it starts.
            guard let origin = sources.lazy.compactMap({ $0.origins[key] }).first, let text = config.string(forKey: key.configKey) else {
                continue
            }
            effective.given[key] = EffectiveSettings.Given(text: text, origin: origin)
            if !key.setting.read(text, into: &effective.settings) {
                faults.append(fault(key, text, origin))
            }
        }
        return effective
    }

    private func fault(_ key: SettingKey, _ text: String, _ origin: SettingOrigin) -> String {
        let subject = if case .file = origin { "\(origin): \(key.rawValue)" } else { "\(origin)" }
        return key.setting.isSecret
            ? "\(subject) has to be \(key.setting.form)"
            : "\(subject) is \"\(text)\"; it has to be \(key.setting.form)"
    }
}

/// One of the places that settings come from, as swift-configuration has it.
struct SettingsSource {
    let provider: any ConfigProvider
    let origins: [SettingKey: SettingOrigin]

    init(_ values: [(SettingKey, EffectiveSettings.Given)]) {
        let entries = values.map { key, given in
            (AbsoluteConfigKey(key.configKey), ConfigValue(.string(given.text), isSecret: key.setting.isSecret))
        }
        provider = InMemoryProvider(values: Dictionary(entries) { $1 })
        origins = Dictionary(values.map { ($0, $1.origin) }) { $1 }
    }
}

extension SettingsFile {
    var source: SettingsSource {
        SettingsSource(entries.map { ($0, EffectiveSettings.Given(text: $1.text, origin: .file(path, line: $1.line))) })
    }
}
