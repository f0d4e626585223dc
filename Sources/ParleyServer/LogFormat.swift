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
        let time = Timestamp.now()
        switch format {
        case .json: sink.append(JSONWriter.object { writeJSON(time, &$0) })
        case .text: sink.append(Array((textLine(time) + "\n").utf8))
        }
    }

    private func writeJSON(_ time: Timestamp, _ line: inout JSONWriter) {
        line.member("time", time.text)
        line.member("level", level.rawValue)
        line.member("message", message)
        for (name, value) in metadata { line.member(named: name, value) }
    }

    private func textLine(_ time: Timestamp) -> String {
        let clock = time.description.dropFirst(11).dropLast()
        let level = level.rawValue.padded(to: 7)
        return ([clock + " " + level, message] + metadata.map { "\($0.name)=\(Self.quoted($0.value))" }).joined(separator: " ")
    }

    /// In quotes where a value would not be told from what stands beside it; a line end never ends the line.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0.value != 0x7F }
        return isPlain ? value : value.debugDescription
    }
}

extension String {
    /// The string with spaces behind it, up to a length.
    func padded(to length: Int) -> String {
        self + String(repeating: " ", count: max(0, length - count))
    }
}
