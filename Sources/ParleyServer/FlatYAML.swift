/// Settings in YAML: one `name: value` a line, blank lines and comments. What else YAML has is refused, so that nothing is read otherwise than YAML
/// means it.
///
/// By hand, because Yams imports all of Foundation: the program would grow by 50 MB, and by 5 MB in memory, for a dozen lines of text.
/// The tests hold what is read here to what Yams reads.
enum FlatYAML {
    static func parse(_ bytes: [UInt8]) -> (entries: [SettingsFile.Entry], faults: [SettingsFile.Fault]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return ([], [SettingsFile.Fault(line: 1, reason: "the file is not UTF-8")])
        }
        var (entries, faults) = ([SettingsFile.Entry](), [SettingsFile.Fault]())
        for (index, line) in lines(of: text).enumerated() {
            do throws(LineFault) {
                guard let (name, value) = try member(of: line, isFirst: entries.isEmpty && faults.isEmpty) else { continue }
                entries.append(SettingsFile.Entry(name: name, text: value, line: index + 1))
            } catch {
                faults.append(SettingsFile.Fault(line: index + 1, reason: error.reason))
            }
        }
        return (entries, faults)
    }

    private struct LineFault: Error {
        let reason: String
    }

    /// Without a byte order mark, and without the ends of lines, which may be those of Windows.
    private static func lines(of text: String) -> [String] {
        let content = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        return content.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
    }

    /// The name and the value; nil for a line with nothing to say.
    private static func member(of line: String, isFirst: Bool) throws(LineFault) -> (name: String, value: String)? {
        guard line.unicodeScalars.allSatisfy(isPrintable), line.allSatisfy(isWhole) else {
            throw LineFault(reason: "there is a tab or another character that cannot be seen")
        }
        let content = line.drop { $0 == " " }
        if content.isEmpty || content.first == "#" || isFirst && isDocumentStart(line) { return nil }
        guard content.startIndex == line.startIndex else {
            throw LineFault(reason: "the line begins with a space; settings are not nested, and each stands on a line of its own")
        }
        guard let colon = line.firstIndex(of: ":"), case let name = line[..<colon], isName(name) else {
            throw LineFault(reason: "there should be NAME: VALUE here")
        }
        let rest = line[line.index(after: colon)...]
        guard rest.isEmpty || rest.first == " " else { throw LineFault(reason: "a space is missing behind \(name):") }
        return (String(name), try value(rest.drop { $0 == " " }, of: name))
    }

    /// https://yaml.org/spec/1.2.2/#rule-c-printable, without the ends of lines that only some versions of YAML have, and without tabs, which may not
    /// stand everywhere.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned: false
        default: scalar != "\u{FEFF}"
        }
    }

    /// A sign that YAML looks for must not hide from us in one character with an accent.
    private static func isWhole(_ character: Character) -> Bool {
        character.unicodeScalars.count == 1 || !" #:'\"\\".unicodeScalars.contains(where: { $0 == character.unicodeScalars.first })
    }

    private static func isDocumentStart(_ line: String) -> Bool {
        line.hasPrefix("---") && isBlank(line.dropFirst(3))
    }

    private static func isName(_ text: Substring) -> Bool {
        text.first?.isLetter == true && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    /// Nothing but spaces and a comment, which a space sets apart.
    private static func isBlank(_ text: Substring) -> Bool {
        let rest = text.drop { $0 == " " }
        return rest.isEmpty || rest.first == "#" && rest.startIndex > text.startIndex
    }

    private static func value(_ text: Substring, of name: Substring) throws(LineFault) -> String {
        switch text.first {
        case nil, "#": throw nothing(name)
        case "\"": return try quoted(text, "\"", escape: "\\")
        case "'": return try quoted(text, "'", escape: "'")
        default: return try plain(text, of: name)
        }
    }

    private static func nothing(_ name: Substring) -> LineFault {
        LineFault(reason: "\(name) has no value; remove the line for the default")
    }

    // MARK: Scalars

    /// https://yaml.org/spec/1.2.2/#733-plain-style
    private static func plain(_ text: Substring, of name: Substring) throws(LineFault) -> String {
        let end = text.firstRange(of: " #")?.lowerBound ?? text.endIndex
        let value = String(String(text[..<end].reversed().drop { $0 == " " }).reversed())
        guard !["~", "null", "Null", "NULL"].contains(value) else { throw nothing(name) }
        let hasIndicator = ",[]{}&*!|>%@`".contains(value.first ?? ",") || ["-", "?", ":"].contains(value.prefix { $0 != " " })
        guard !hasIndicator, !value.contains(": "), !value.hasSuffix(":") else {
            // Without the value, which may be a secret.
            throw LineFault(reason: "this means something else in YAML; write the value of \(name) in single quotes: \(name): '…'")
        }
        return value
    }

    /// From its first quote to the end of the line.
    private static func quoted(_ text: Substring, _ quote: Character, escape: Character) throws(LineFault) -> String {
        var (value, rest) = ("", text.dropFirst())
        while let character = rest.popFirst() {
            if character == escape, let next = rest.first, next == quote || next == escape {
                value.append(next)
                rest.removeFirst()
            } else if character == quote {
                guard isBlank(rest) else { throw LineFault(reason: "something stands behind the closing quote") }
                return value
            } else if character == escape {
                throw LineFault(reason: "between double quotes only \\\" and \\\\ can be escaped")
            } else {
                value.append(character)
            }
        }
        throw LineFault(reason: "a closing quote is missing")
    }
}
