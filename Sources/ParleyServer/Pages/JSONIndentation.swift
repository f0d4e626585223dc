/// JSON for people: a member or an element on each line.
enum JSONIndentation {
    /// - Parameter json: one document without white space between its tokens, as ``JSONWriter`` writes it.
    static func indented(_ json: [UInt8]) -> String {
        var lines = Lines()
        var isInString = false
        var isEscaped = false
        for byte in json {
            if isInString {
                lines.text.append(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else {
                isInString = byte == UInt8(ascii: "\"")
                lines.add(byte)
            }
        }
        return String(decoding: lines.text, as: UTF8.self)
    }

    private struct Lines {
        var text: [UInt8] = []
        private var depth = 0

        mutating func add(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                text.append(byte)
                depth += 1
                breakLine()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if !removeEmptyLine() { breakLine() }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                breakLine()
            case UInt8(ascii: ":"): text.append(contentsOf: ": ".utf8)
            case UInt8(ascii: "\n"): break
            default: text.append(byte)
            }
        }

        private mutating func breakLine() {
            text.append(UInt8(ascii: "\n"))
            text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        }

        /// Takes back the line that an empty object or array has begun.
        private mutating func removeEmptyLine() -> Bool {
            guard let end = text.lastIndex(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }), end < text.count - 1,
                text[end] == UInt8(ascii: "{") || text[end] == UInt8(ascii: "[")
            else { return false }
            text.removeSubrange((end + 1)...)
            return true
        }
    }
}
