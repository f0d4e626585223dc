import Testing

@testable import Conversations

@Suite struct FixedTextTests {
    @Test func `text of the right length is kept byte for byte`() throws {
        let text = try #require(FixedText<5>("a\"b\\c"))
        #expect(text.description == "a\"b\\c")
        #expect(text.withBytes { $0.count } == 5)
    }

    @Test(arguments: ["", "abcd", "abcdef", "abc\u{E9}", "ab\u{20AC}"])
    func `text of another length, or that is not ASCII, is refused`(text: String) {
        #expect(FixedText<5>(text) == nil)
    }

    @Test func `texts compare as their bytes do`() {
        let texts = ["aaaaa", "aaaab", "abaaa", "Zaaaa", "a-aaa", "a0aaa"]
        #expect(texts.compactMap { FixedText<5>($0) }.sorted().map { $0.description } == texts.sorted())
        #expect(FixedText<5>("aaaaa") != FixedText<5>("aaaab"))
    }

    @Test func `equal texts are one key`() {
        #expect(Set(["aaaaa", "bbbbb", "aaaaa"].compactMap { FixedText<5>($0) }).count == 2)
    }
}
