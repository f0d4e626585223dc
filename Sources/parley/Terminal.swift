import Glibc

/// What a file descriptor's reader can see: a person at a terminal sees colours and lines that are written over, a file or a pipe neither.
struct Terminal {
    let descriptor: CInt
    /// Whether a line can be written over.
    let isInteractive: Bool
    /// Whether colours are wanted too: not where NO_COLOR is set (<https://no-color.org>).
    let hasColour: Bool

    static let standardOutput = Terminal(STDOUT_FILENO)
    static let standardError = Terminal(STDERR_FILENO)

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1 && Self.environment("TERM") != "dumb"
        hasColour = isInteractive && Self.environment("NO_COLOR").isEmpty
    }

    /// In characters; 80 where the terminal does not say.
    var width: Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func environment(_ name: String) -> String {
        unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
    }
}

/// Colours for what the commands print. The engine writes plain text; a terminal is told by its words what to paint.
struct Paint {
    let isOn: Bool

    init(_ terminal: Terminal) { isOn = terminal.hasColour }
    init(isOn: Bool) { self.isOn = isOn }

    /// https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters
    private enum Colour: String {
        case red = "31", green = "32", yellow = "33", cyan = "36", bold = "1", faint = "2"
    }

    /// A diagnosis: its headlines, carets and next steps.
    func diagnosis(_ text: String) -> String {
        guard isOn else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }.joined(separator: "\n")
    }

    /// A table of migrations, whose lines begin with their state.
    func states(_ table: String) -> String {
        guard isOn else { return table }
        return table.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let word = String(line.prefix { $0 != " " })
            return colour(ofState: word).map { paint(word, $0) + line.dropFirst(word.count) } ?? String(line)
        }.joined(separator: "\n")
    }

    /// A diff and what is said behind it: lines that are gone, lines that are new, and where.
    func diff(_ text: String) -> String {
        guard isOn else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            switch line.first {
            case "-": paint(String(line), .red)
            case "+": paint(String(line), .green)
            case "@": paint(String(line), .cyan)
            default: self.line(String(line))
            }
        }.joined(separator: "\n")
    }

    private func line(_ line: String) -> String {
        for (word, colour) in [("error: ", Colour.red), ("warning: ", .yellow), ("note: ", .cyan)] {
            guard let range = line.firstRange(of: word), range.lowerBound == line.startIndex || line[..<range.lowerBound].hasSuffix(": ")
            else {
                continue
            }
            return paint(String(line[..<range.lowerBound]), .bold) + paint(word, colour) + paint(String(line[range.upperBound...]), .bold)
        }
        if line.hasPrefix("  next: ") { return paint("  next:", .cyan) + line.dropFirst(7) }
        if line.hasPrefix("      | "), line.hasSuffix("^") { return paint(line, .green) }
        return line
    }

    private func colour(ofState word: String) -> Colour? {
        switch word {
        case "applied": .green
        case "pending", "running", "skipped": .yellow
        case "failed", "modified", "missing", "renamed", "out_of_order": .red
        case "STATE": .faint
        default: nil
        }
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        text.isEmpty ? "" : "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}
