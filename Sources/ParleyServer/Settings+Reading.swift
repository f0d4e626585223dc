public import Configuration

extension Settings {
    /// Reads the settings: a flag before the environment, the environment before the default.
    ///
    /// - Parameters:
    ///   - flags: what the command line has said.
    ///   - environment: the provider of environment variables; the process's own unless said.
    /// - Throws: ``SettingsError`` with every value that cannot be.
    public init(flags: [SettingKey: String], environment: EnvironmentVariablesProvider = EnvironmentVariablesProvider())
        throws(SettingsError)
    {
        let values = Dictionary(flags.map { (AbsoluteConfigKey($0.key.configKey), ConfigValue(.string($0.value), isSecret: false)) }) { $1 }
        let config = ConfigReader(providers: [InMemoryProvider(values: values), environment])
        var faults: [String] = []
        for key in SettingKey.allCases {
            guard let text = config.string(forKey: key.configKey), !key.setting.read(text, into: &self) else { continue }
            let name = flags[key] == nil ? key.environmentName : key.flag
            faults.append("\(name) is \"\(text)\"; it has to be \(key.setting.form)")
        }
        guard faults.isEmpty else { throw SettingsError(faults: faults) }
    }
}
