/// What `parley config print` tells: every setting, its value, and where it comes from. What is secret stays so.
public struct ConfigurationReport: Sendable {
    /// A table for people.
    public let text: String
    /// For machines.
    public let json: [UInt8]

    fileprivate struct Row {
        let key: SettingKey
        /// Nil for a secret that is set.
        let value: String?
        let origin: SettingOrigin
    }

    public init(_ effective: EffectiveSettings) {
        let rows = SettingKey.allCases.map { key in
            let isHidden = key.setting.isSecret && effective.given[key] != nil
            return Row(key: key, value: isHidden ? nil : effective.text(of: key), origin: effective.origin(of: key))
        }
        text = Self.table(rows)
        json = CommandDocument.make("config print", ok: true) { json in
            json.member("settings") { $0.array(rows) { json, row in json.object { row.write(&$0) } } }
        }
    }

    private static func table(_ rows: [Row]) -> String {
        let lines = [("SETTING", "VALUE", "FROM")] + rows.map { ($0.key.rawValue, $0.value ?? "(secret)", "\($0.origin)") }
        let (first, second) = (lines.map(\.0.count).max() ?? 0, lines.map(\.1.count).max() ?? 0)
        return lines.map { "\($0.0.padded(to: first))  \($0.1.padded(to: second))  \($0.2)" }.joined(separator: "\n")
    }
}

extension ConfigurationReport.Row {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("name", key.rawValue)
        json.member("value", origin == .builtIn && key.setting.isOptional ? nil : value)
        json.member("is_secret", key.setting.isSecret)
        json.member("from", origin.kind)
        json.member("source", origin == .builtIn ? nil : "\(origin)")
    }
}

extension SettingOrigin {
    fileprivate var kind: String {
        switch self {
        case .flag: "flag"
        case .environment: "environment"
        case .file: "file"
        case .builtIn: "default"
        }
    }
}
