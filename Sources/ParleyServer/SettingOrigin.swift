/// Where the value of a setting comes from.
public enum SettingOrigin: Sendable, Hashable {
    /// The option of this name.
    case flag(String)
    /// The variable of this name.
    case environment(String)
    /// A line of the file that `--config` names, from 1.
    case file(String, line: Int)
    case builtIn
}

extension SettingOrigin: CustomStringConvertible {
    /// How errors and `parley config print` name it.
    public var description: String {
        switch self {
        case .flag(let name), .environment(let name): name
        case .file(let path, let line): "\(path):\(line)"
        case .builtIn: "default"
        }
    }
}
