/// The file that `--config` names: settings by the names of their flags, as flat YAML or JSON.
struct SettingsFile {
    /// A setting as it stands in the file.
    struct Entry: Equatable {
        let name: String
        /// A number or a boolean as it is written.
        let text: String
        /// From 1.
        let line: Int
    }

    /// Why a place in the file cannot be read.
    struct Fault: Error, Equatable {
        let line: Int
        let reason: String
    }

    let path: String
    private(set) var entries: [SettingKey: Entry] = [:]
    /// A sentence for each thing that is wrong, with its place.
    private(set) var faults: [String] = []

    init(path: String) {
        self.path = path
        guard let parse = Self.parser(of: path) else {
            faults = ["\(path) is not a file of settings: its name has to end in .yaml, .yml or .json"]
            return
        }
        do throws(SmallFile.Failure) {
            let content = parse(try SmallFile.read(path))
            for entry in content.entries { add(entry) }
            for fault in content.faults { faults.append("\(path):\(fault.line): \(fault.reason)") }
        } catch {
            faults = ["the settings file \(path) cannot be read: \(error.reason)"]
        }
    }

    private typealias Parser = ([UInt8]) -> (entries: [Entry], faults: [Fault])

    private static func parser(of path: String) -> Parser? {
        switch path.split(separator: ".").last {
        case "yaml", "yml": FlatYAML.parse
        case "json": FlatJSON.parse
        default: nil
        }
    }

    private mutating func add(_ entry: Entry) {
        let place = "\(path):\(entry.line): "
        guard let key = SettingKey(rawValue: entry.name) else {
            let names = SettingKey.allCases.filter(\.mayStandInFile).map(\.rawValue)
            faults.append(place + "there is no setting \"\(entry.name)\"" + NearestName.question(entry.name, among: names))
            return
        }
        guard key.mayStandInFile else {
            faults.append(place + "\(entry.name) cannot be set in the file itself; use \(key.flag) or \(key.environmentName)")
            return
        }
        guard let first = entries.updateValue(entry, forKey: key) else { return }
        faults.append(place + "\(entry.name) is there twice; the other one is on line \(first.line)")
    }
}

extension SettingKey {
    /// The file cannot name itself.
    var mayStandInFile: Bool { self != .config }
}
