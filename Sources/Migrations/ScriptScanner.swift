/// Finds what SQLite would pass over or misread: bytes that are no text, tokens without an end, and the directives in comments.
///
/// It knows the tokens of <https://www.sqlite.org/lang_comment.html> and of strings and names, and nothing of statements: where one ends
/// is for SQLite's parser to say.
struct ScriptScanner {
    struct Fault: Equatable {
        let code: MigrationError.Code
        let offset: Int
        let message: String
        let recovery: String
    }

    /// Enough to see what is going on; a file that has more of them was never meant to be a migration.
    private static let mostFaults = 20

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// The bytes that SQLite's tokenizer takes for space.
    private static let whiteSpace = Array(" \t\n\u{0C}\r".utf8)

    private let bytes: [UInt8]
    private var index = 0
    /// Whether there is anything but white space and comments.
    private var hasText = false
    private var faults: [Fault] = []
    private var directives: [ScriptDirective] = []

    /// Everything that is wrong, and every directive, in one pass over the bytes.
    static func scan(_ bytes: [UInt8]) -> (faults: [Fault], directives: [ScriptDirective]) {
        if let fault = encodingFault(in: bytes) { return ([fault], []) }
        var scanner = ScriptScanner(bytes: bytes)
        scanner.scan()
        scanner.requireText()
        return (scanner.faults, scanner.directives)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private static func encodingFault(in bytes: [UInt8]) -> Fault? {
        let invalid = firstInvalidByte(in: bytes)
        if let offset = bytes.firstIndex(of: 0), offset < invalid ?? .max {
            return Fault(
                code: .invalidEncoding,
                offset: offset,
                message: "the file has a NUL byte in it: SQLite would not run what stands behind it",
                recovery: "remove the byte"
            )
        }
        if let offset = invalid {
            return Fault(code: .invalidEncoding, offset: offset, message: "the file is not UTF-8", recovery: "save it as UTF-8")
        }
        return nil
    }

    private static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
        // The library's validation is fast; only a file that fails it is decoded again, to find the place.
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = decoder.parseScalar(from: &iterator) { offset += scalar.count }
        return offset
    }

    private mutating func scan() {
        if bytes.starts(with: Self.byteOrderMark) { index = Self.byteOrderMark.count }
        while index < bytes.count, faults.count < Self.mostFaults {
            switch (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0) {
            case (UInt8(ascii: "-"), UInt8(ascii: "-")): skipLineComment()
            case (UInt8(ascii: "/"), UInt8(ascii: "*")): skipBlockComment()
            case (UInt8(ascii: "'"), _): skipQuoted(by: UInt8(ascii: "'"), "string")
            case (UInt8(ascii: "\""), _): skipQuoted(by: UInt8(ascii: "\""), "quoted name")
            case (UInt8(ascii: "`"), _): skipQuoted(by: UInt8(ascii: "`"), "quoted name")
            case (UInt8(ascii: "["), _): skipQuoted(by: UInt8(ascii: "]"), "quoted name")
            default: skipByte()
            }
        }
    }

    private mutating func skipByte() {
        if !Self.whiteSpace.contains(bytes[index]) { hasText = true }
        index += 1
    }

    /// An empty file is one that somebody has begun and forgotten; applied, it could never be filled.
    private mutating func requireText() {
        guard !hasText, faults.isEmpty else { return }
        let message = "the file has no statement in it"
        faults.append(Fault(code: .noStatement, offset: 0, message: message, recovery: "write it, or remove the file"))
    }

    private mutating func skipLineComment() {
        let start = index
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let text = bytes[(start + 2)..<end].drop { $0 == UInt8(ascii: " ") }
        if text.starts(with: ScriptDirective.prefix.utf8) { noteDirective(text.dropFirst(ScriptDirective.prefix.utf8.count), at: start) }
        index = end
    }

    private mutating func noteDirective(_ text: ArraySlice<UInt8>, at offset: Int) {
        do throws(ScriptDirective.Fault) {
            let isFirst = offset == (bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0)
            directives.append(try ScriptDirective(parsing: String(decoding: text, as: UTF8.self), at: offset, isFirst: isFirst))
        } catch {
            faults.append(Fault(code: .unknownDirective, offset: offset, message: error.message, recovery: error.recovery))
        }
    }

    private mutating func skipBlockComment() {
        var end = index + 2
        while end + 1 < bytes.count, !(bytes[end] == UInt8(ascii: "*") && bytes[end + 1] == UInt8(ascii: "/")) { end += 1 }
        guard end + 1 < bytes.count else { return endInside("comment", closing: "*/") }
        index = end + 2
    }

    /// A doubled quote stands for itself; `]` cannot be doubled.
    private mutating func skipQuoted(by closing: UInt8, _ kind: String) {
        hasText = true
        var start = index + 1
        while let end = bytes[start...].firstIndex(of: closing) {
            let isDoubled = closing != UInt8(ascii: "]") && end + 1 < bytes.count && bytes[end + 1] == closing
            guard isDoubled else {
                index = end + 1
                return
            }
            start = end + 2
        }
        endInside(kind, closing: String(UnicodeScalar(closing)))
    }

    private mutating func endInside(_ kind: String, closing: String) {
        faults.append(
            Fault(
                code: .unterminatedToken,
                offset: index,
                message: "the \(kind) that begins here has no end",
                recovery: "close it with \(closing)"
            )
        )
        index = bytes.count
    }
}
