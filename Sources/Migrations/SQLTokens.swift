/// One token of SQL.
struct SQLToken: Equatable {
    enum Kind {
        /// A keyword or a name without quotes.
        case word
        case quotedName
        case string
        case blob
        case number
        /// One byte of anything else.
        case symbol
    }

    let kind: Kind
    /// Without quotes, and in small letters unless it is a string. Bytes, since to Swift two strings are equal that SQLite takes for
    /// different names (é as one scalar and as two).
    let bytes: [UInt8]

    init(_ kind: Kind, _ bytes: some Sequence<UInt8>) {
        self.kind = kind
        self.bytes = kind == .string ? Array(bytes) : bytes.asciiLowercased
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The name that it is where only a name can be: SQLite takes a string for one there.
    var name: SchemaName? { isName || kind == .string ? SchemaName(bytes) : nil }
    /// Whether it may be the name of something.
    var isName: Bool { kind == .word || kind == .quotedName }

    func isWord(_ words: String...) -> Bool { kind == .word && words.contains { bytes.elementsEqual($0.utf8) } }
    func isSymbol(_ symbol: Unicode.Scalar) -> Bool { kind == .symbol && bytes.first == UInt8(ascii: symbol) }
}

/// The tokens of SQL text, without its comments: <https://www.sqlite.org/lang_comment.html>, `tokenize.c`.
///
/// It has no grammar. It tells a word from the same letters inside a string, and nothing more than that is asked of it.
struct SQLTokens: Sequence, IteratorProtocol {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    /// Whether what is written behind the text would be part of its last comment; known once there are no more tokens.
    private(set) var endsInLineComment = false
    /// The last token as it is written.
    private(set) var written: ArraySlice<UInt8> = []

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
        let start = index
        defer { written = bytes[start..<index] }
        return switch bytes[index] {
        case UInt8(ascii: "'"): quoted(.string, until: UInt8(ascii: "'"))
        case UInt8(ascii: "\""), UInt8(ascii: "`"): quoted(.quotedName, until: bytes[index])
        case UInt8(ascii: "["): quoted(.quotedName, until: UInt8(ascii: "]"))
        case let byte where byte | 0x20 == UInt8(ascii: "x") && following == UInt8(ascii: "'"): blob()
        case let byte where Self.isDigit(byte): take(.number) { Self.isWordByte($0) || $0 == UInt8(ascii: ".") }
        case let byte where Self.isWordByte(byte) && byte != UInt8(ascii: "$"): take(.word, while: Self.isWordByte)
        default: symbol()
        }
    }

    private var following: UInt8 { index + 1 < bytes.endIndex ? bytes[index + 1] : 0 }

    private mutating func take(_ kind: SQLToken.Kind, while condition: (UInt8) -> Bool) -> SQLToken {
        let taken = bytes[index...].prefix(while: condition)
        index = taken.endIndex
        return SQLToken(kind, taken)
    }

    private mutating func symbol() -> SQLToken {
        defer { index += 1 }
        return SQLToken(.symbol, CollectionOfOne(bytes[index]))
    }

    private mutating func blob() -> SQLToken {
        index += 1
        return quoted(.blob, until: UInt8(ascii: "'"))
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
        return SQLToken(kind, content)
    }

    /// A byte order mark is space to SQLite.
    private mutating func skipSpaceAndComments() {
        while index < bytes.endIndex {
            switch (bytes[index], following) {
            case (UInt8(ascii: " "), _), (0x09...0x0D, _): index += 1
            case (UInt8(ascii: "-"), UInt8(ascii: "-")): skipLineComment()
            case (UInt8(ascii: "/"), UInt8(ascii: "*")): skipBlockComment()
            case (0xEF, 0xBB) where bytes[index...].starts(with: [0xEF, 0xBB, 0xBF]): index += 3
            default: return
            }
        }
    }

    private mutating func skipLineComment() {
        index = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        endsInLineComment = index == bytes.endIndex
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
