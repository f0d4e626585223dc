/// Settings in JSON: one object whose values are strings, numbers and booleans.
enum FlatJSON {
    static func parse(_ bytes: [UInt8]) -> (entries: [SettingsFile.Entry], faults: [SettingsFile.Fault]) {
        do throws(JSONFault) {
            let members = try JSONReader.members(of: bytes)
            var (entries, faults) = ([SettingsFile.Entry](), [SettingsFile.Fault]())
            for member in members {
                let line = line(at: member.offset, in: bytes)
                if let text = text(of: member) {
                    entries.append(SettingsFile.Entry(name: member.name, text: text, line: line))
                } else {
                    let reason = "the value of \(member.name) has to be a string, a number, true or false"
                    faults.append(SettingsFile.Fault(line: line, reason: reason))
                }
            }
            return (entries, faults)
        } catch {
            return ([], [SettingsFile.Fault(line: line(at: error.offset, in: bytes), reason: "the file is not JSON: \(error.reason)")])
        }
    }

    private static func text(of member: JSONReader.Member) -> String? {
        switch member.value {
        case .string(let text): text
        case .other where member.source.first != UInt8(ascii: "["): String(decoding: member.source, as: UTF8.self)
        case .null, .object, .other: nil
        }
    }

    private static func line(at offset: Int, in bytes: [UInt8]) -> Int {
        1 + bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") }
    }
}
