extension String {
    /// Text of what escapes and encodings may get wrong: quotes, control characters, every plane.
    static func random() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<40) {
            switch Int.random(in: 0..<5) {
            case 0: text.unicodeScalars.append(Unicode.Scalar(UInt8.random(in: 0..<0x20)))
            case 1: text += ["\"", "\\", "/", "\u{7F}", "\u{2028}", "\u{85}", "\u{FFFD}", "\r\n"].randomElement() ?? ""
            case 2: text.unicodeScalars.append(Unicode.Scalar(UInt8.random(in: 0x20..<0x7F)))
            default: text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0...0x10FFFF)) ?? "x")
            }
        }
        return text
    }
}
