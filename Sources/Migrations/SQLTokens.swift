/// One token of SQL.
struct SQLToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A keyword or a name without quotes; in capitals.
        case word
        /// A name in quotes, without them.
        case quotedName
        case string
        case number
        /// One byte of anything else.
        case symbol
    }

    let kind: Kind
    let text: String

    func isWord(_ words: String...) -> Bool { kind == .word && words.contains(text) }
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
    /// Whether it may be the name of something.
    var isName: Bool { kind == .word || kind == .quotedName }
}

/// The tokens of SQL text, without its comments: <https://www.sqlite.org/lang_comment.html>, `tokenize.c`.
///
/// It has no grammar. It tells a word from the same letters inside a string, and nothing more than that is asked of it.
struct SQLTokens: Sequence, IteratorProtocol {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    init(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    mutating func next() -> SQLToken? {
        skipSpaceAndComments()
        guard index < bytes.endIndex else { return nil }
        return switch bytes[index] {
        case UInt8(ascii: "'"): quoted(.string, until: UInt8(ascii: "'"))
        case UInt8(ascii: "\""), UInt8(ascii: "`"): quoted(.quotedName, until: bytes[index])
        case UInt8(ascii: "["): quoted(.quotedName, until: UInt8(ascii: "]"))
        case let byte where Self.isDigit(byte): take(.number) { Self.isWordByte($0) || $0 == UInt8(ascii: ".") }
        case let byte where Self.isWordByte(byte): take(.word, while: Self.isWordByte)
        default: symbol()
        }
    }

    private mutating func take(_ kind: SQLToken.Kind, while condition: (UInt8) -> Bool) -> SQLToken {
        let start = index
        index = bytes[index...].firstIndex { !condition($0) } ?? bytes.endIndex
        let text = bytes[start..<index].map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) && kind == .word ? $0 & ~0x20 : $0 }
        return SQLToken(kind: kind, text: String(decoding: text, as: UTF8.self))
    }

    private mutating func symbol() -> SQLToken {
        defer { index += 1 }
        return SQLToken(kind: .symbol, text: String(UnicodeScalar(bytes[index])))
    }

    /// A doubled quote stands for itself; `]` cannot be doubled.
    private mutating func quoted(_ kind: SQLToken.Kind, until closing: UInt8) -> SQLToken {
        var content: [UInt8] = []
        index += 1
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == closing {
                guard closing != UInt8(ascii: "]"), index < bytes.endIndex, bytes[index] == closing else { break }
                index += 1
            }
            content.append(byte)
        }
        return SQLToken(kind: kind, text: String(decoding: content, as: UTF8.self))
    }

    private mutating func skipSpaceAndComments() {
        while index < bytes.endIndex {
            let following = index + 1 < bytes.endIndex ? bytes[index + 1] : 0
            switch (bytes[index], following) {
            case (UInt8(ascii: " "), _), (0x09...0x0D, _): index += 1
            case (UInt8(ascii: "-"), UInt8(ascii: "-")): index = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            case (UInt8(ascii: "/"), UInt8(ascii: "*")): skipBlockComment()
            default: return
            }
        }
    }

    private mutating func skipBlockComment() {
        var end = index + 2
        while end + 1 < bytes.endIndex, !(bytes[end] == UInt8(ascii: "*") && bytes[end + 1] == UInt8(ascii: "/")) { end += 1 }
        index = Swift.min(end + 2, bytes.endIndex)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Letters, digits, `_`, `$`, and every byte beyond ASCII.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
    }
}
