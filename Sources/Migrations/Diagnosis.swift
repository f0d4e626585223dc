/// One message as a compiler would print it: place, severity, reason, the line with a caret, and facts below it.
struct Diagnosis {
    enum Severity: String {
        case error, warning, note
    }

    let severity: Severity
    /// The file, with the path that leads there; nil where it is none in particular.
    let path: String?
    let location: SourceLocation?
    let message: String
    let code: String
    /// Lines such as `next: …`.
    let facts: [String]

    var text: String {
        ([headline] + excerpt + facts.map { "  \($0)" }).joined(separator: "\n")
    }

    private var headline: String {
        let place = [path, location.map { "\($0.line):\($0.column)" }].compactMap(\.self).joined(separator: ":")
        return ((place.isEmpty ? "" : place + ": ") + "\(severity.rawValue): \(message) [\(code)]").onOneLine
    }

    private var excerpt: [String] {
        guard let location, !location.text.isEmpty else { return [] }
        let number = String(location.line)
        let margin = String(repeating: " ", count: max(0, 5 - number.count))
        let caret = String(repeating: " ", count: location.column - 1) + "^"
        return ["\(margin)\(number) | \(location.text)", "      | \(caret)"]
    }
}
