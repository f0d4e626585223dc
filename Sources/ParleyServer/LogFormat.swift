import Conversations
import Logging

/// How a log line looks.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// One JSON object a line.
    case json
    /// For people: time, level, message, then `name=value`.
    case text
}

/// One line of the log: an event with a time, a level, a message and named values.
struct LogLine {
    let level: Logger.Level
    let message: String
    let metadata: [(name: String, value: String)]

    func write(to sink: LogSink, as format: LogFormat) {
        sink.append(bytes(as: format))
    }

    /// The line, with its end.
    func bytes(as format: LogFormat) -> [UInt8] {
        let time = Timestamp.now()
        return switch format {
        case .json: JSONWriter.object { writeJSON(time, &$0) }
        case .text: Array((textLine(time) + "\n").utf8)
        }
    }

    private func writeJSON(_ time: Timestamp, _ line: inout JSONWriter) {
        line.member("time", time.text)
        line.member("level", level.rawValue)
        line.member("message", message)
        for (name, value) in metadata {
            // Numbers as numbers, as in the lines of requests: whoever collects logs has one type for one name.
            if let number = Int(value), String(number) == value {
                line.member(named: name, number)
            } else {
                line.member(named: name, value)
            }
        }
    }

    private func textLine(_ time: Timestamp) -> String {
        let clock = time.description.dropFirst(11).dropLast()
        let level = level.rawValue.padded(to: 7)
        let pairs = metadata.map { "\(Self.quoted($0.name))=\(Self.quoted($0.value))" }
        return ([clock + " " + level, Self.visible(message)] + pairs).joined(separator: " ")
    }

    /// In quotes where a value would not be told from what stands beside it.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { !isInvisible($0) && !$0.properties.isWhitespace && $0 != "\"" && $0 != "=" }
        return isPlain && !value.isEmpty ? value : "\"" + visible(value, quoting: true) + "\""
    }

    /// With escapes for what would end the line, or make a terminal do anything but show a character.
    private static func visible(_ text: String, quoting: Bool = false) -> String {
        text.unicodeScalars.map { scalar in
            let isEscaped = isInvisible(scalar) || quoting && (scalar == "\"" || scalar == "\\")
            return isEscaped ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension String {
    /// The string with spaces behind it, up to a length.
    func padded(to length: Int) -> String {
        self + String(repeating: " ", count: max(0, length - count))
    }
}
