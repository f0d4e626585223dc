import Conversations
import Testing

@Suite struct ConversationTitleTests {
    private static let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
    private static let space = "\u{A0}\u{2003}\u{3000} \t\r\n\u{85}\u{2028}"

    @Test(arguments: [
        ("Hello", "Hello"), ("  Hello  ", "Hello"), ("a", "a"), ("two  spaces", "two  spaces"), (space + "Hello" + space, "Hello"),
        ("\u{A0}x\u{A0}y\u{A0}", "x\u{A0}y"), (family, family), ("e\u{301}", "e\u{301}"), ("\u{301}", "\u{301}"),
        ("\u{202E}abc", "\u{202E}abc"), ("\"'\\;--", "\"'\\;--"), ("\u{FEFF}", "\u{FEFF}"), (" \u{301}x", "\u{301}x"),
        ("\u{10FFFF}", "\u{10FFFF}"),
    ])
    func `a title is trimmed and otherwise kept as it is`(text: String, expected: String) throws {
        let title = try ConversationTitle(text)
        #expect(Array(title.text.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: ["", " ", "\t\r\n", space, "\u{3000}"])
    func `a title of white space alone is blank`(text: String) {
        #expect(throws: ConversationTitle.Fault.blank) { try ConversationTitle(text) }
    }

    @Test(arguments: ["a\tb", "a\nb", "a\r\nb", "a\0b", "\0", "a\u{1B}[31mb", "a\u{7F}b", "a\u{80}b", "a\u{85}b", "a\u{9F}b", "a\u{1}"])
    func `a control character is refused`(text: String) {
        #expect(throws: ConversationTitle.Fault.controlCharacter) { try ConversationTitle(text) }
    }

    @Test(arguments: ["x", "\u{E9}", "\u{20AC}", "\u{1F600}", "\u{301}"])
    func `length is counted in Unicode scalars, up to 255`(scalar: String) throws {
        let longest = String(repeating: scalar, count: 255)
        #expect(try ConversationTitle("  \(longest) ").text.unicodeScalars.count == 255)
        #expect(throws: ConversationTitle.Fault.tooLong) { try ConversationTitle(longest + scalar) }
    }

    @Test func `what is one character to a reader may be several scalars`() throws {
        let families = String(repeating: Self.family, count: 51)
        #expect(try ConversationTitle(families).text.count == 51)
        #expect(throws: ConversationTitle.Fault.tooLong) { try ConversationTitle(families + "\u{301}") }
    }

    @Test func `the title of a conversation without one can be stored`() throws {
        #expect(ConversationTitle.standard.text == "New Conversation")
        #expect(try ConversationTitle(ConversationTitle.standard.text) == .standard)
    }

    @Test(arguments: ConversationTitle.Fault.allCases)
    func `each fault says what to do`(fault: ConversationTitle.Fault) {
        #expect(fault.detail.count > 10)
        #expect(!fault.rawValue.contains { $0.isUppercase })
    }
}
