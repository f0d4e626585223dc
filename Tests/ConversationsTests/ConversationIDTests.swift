import Conversations
import Testing

@Suite struct ConversationIDTests {
    @Test(arguments: [
        "0198c0de-7a3f-7d52-9c1b-3f2a51c0de99", "0198C0DE-7A3F-7D52-9C1B-3F2A51C0DE99", "0198c0De-7a3F-7d52-9c1B-3f2A51c0dE99",
    ])
    func `a UUID is kept in lower case, whichever case it came in`(text: String) throws {
        let id = try #require(ConversationID(text))
        #expect(id.description == "0198c0de-7a3f-7d52-9c1b-3f2a51c0de99")
        #expect(ConversationID(id.description) == id)
        #expect(Set([id, ConversationID(text)]).count == 1)
    }

    @Test(arguments: [
        "", "7", "0198c0de-7a3f-7d52-9c1b-3f2a51c0de9", "0198c0de-7a3f-7d52-9c1b-3f2a51c0de999", "0198c0de7a3f7d529c1b3f2a51c0de99",
        "{0198c0de-7a3f-7d52-9c1b-3f2a51c0de9}", "0198c0de-7a3f-7d52-9c1b-3f2a51c0deg9", "0198c0de 7a3f-7d52-9c1b-3f2a51c0de99",
        "0198c0de-7a3f-7d52-9c1b3-f2a51c0de99", "------------------------------------", "0198c0de-7a3f-7d52-9c1b-3f2a51c0d\u{E9}9",
        "\u{FF10}198c0de-7a3f-7d52-9c1b-3f2a51c0de", "0198c0de-7a3f-7d52-9c1b-3f2a51c0de9\0",
    ])
    func `any other text is no identifier`(text: String) {
        #expect(ConversationID(text) == nil)
    }

    @Test func `a new one is a UUID of version 7 that begins with the time`() throws {
        let milliseconds: Timestamp.Milliseconds = 0x0198_C0DE_7A3F
        for _ in 0..<1000 {
            let text = ConversationID.new(at: milliseconds).description
            #expect(text.hasPrefix("0198c0de-7a3f-7"))
            #expect("89ab".contains(text.dropFirst(19).prefix(1)))
            #expect(ConversationID(text) != nil)
        }
    }

    @Test func `later ones sort behind earlier ones`() {
        let times = (0..<500).map { step in Timestamp.Milliseconds(1_700_000_000_000 + step * 977) }
        let ids = times.map { ConversationID.new(at: $0).text }
        #expect(ids == ids.sorted())
    }

    @Test func `no two are the same, in one millisecond either`() {
        let ids = (0..<10_000).map { _ in ConversationID.new(at: 1_700_000_000_000) }
        #expect(Set(ids).count == ids.count)
    }
}
