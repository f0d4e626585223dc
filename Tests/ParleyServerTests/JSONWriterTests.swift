import Conversations
import FoundationEssentials
import Testing

@testable import ParleyServer

@Suite struct JSONWriterTests {
    private func quoted(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }

    @Test func `random strings are written as JSONEncoder writes them`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        for _ in 0..<2000 {
            let text = String.random()
            let bytes = quoted(text)
            #expect(try JSONDecoder().decode(String.self, from: Data(bytes)).unicodeScalars.elementsEqual(text.unicodeScalars))
            #expect(try Data(bytes) == encoder.encode(text))
        }
    }

    @Test func `every character below the space is escaped, so no line end gets out`() {
        for byte in UInt8(0)..<0x20 { #expect(quoted(String(Unicode.Scalar(byte))).allSatisfy { $0 >= 0x20 && $0 < 0x7F }) }
    }

    @Test func `what needs an escape is found at every place of texts of every length, and nothing else is`() {
        for byte in UInt8.min...UInt8.max {
            let isSpecial = byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            let isRight = (1...50).allSatisfy { length in
                (0..<length).allSatisfy { place in
                    var text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                    text[place] = byte
                    return JSONWriter.needsEscapes(text.span) == isSpecial
                }
            }
            #expect(isRight, "\(byte)")
        }
        let ofNothing = JSONWriter.needsEscapes([UInt8]().span)
        #expect(!ofNothing)
    }

    @Test func `every kind of member is written, with commas between`() {
        let time = Timestamp(milliseconds: 0)
        let bytes = JSONWriter.object { json in
            json.member("text", "a\"b")
            json.member("nothing", nil as String?)
            json.member("number", -7)
            json.member("noNumber", nil as Int?)
            json.member("truth", true)
            json.member("time", time.text)
            json.member("array") { json in
                json.array([1, 2]) { json, element in json.object { $0.member("n", element) } }
            }
            json.member("empty") { $0.array([Int]()) { _, _ in } }
            json.member("object") { $0.object { _ in } }
            json.member(named: "na\"me", "x")
            json.null("null")
            json.member("duration", milliseconds: .microseconds(1234))
        }
        let expected =
            #"{"text":"a\"b","nothing":null,"number":-7,"noNumber":null,"truth":true,"time":"1970-01-01T00:00:00.000Z","#
            + #""array":[{"n":1},{"n":2}],"empty":[],"object":{},"na\"me":"x","null":null,"duration":1.234}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected + "\n")
    }

    @Test(arguments: [
        (Duration.zero, "0.000"), (.microseconds(1), "0.001"), (.microseconds(999), "0.999"), (.milliseconds(1), "1.000"),
        (.seconds(61), "61000.000"),
        (.nanoseconds(1_234_567), "1.234"),
    ])
    func `milliseconds have three decimals`(duration: Duration, text: String) {
        #expect(JSONWriter.milliseconds(duration) == text)
    }

    @Test func `conversations are written as JSONEncoder writes them, whatever the title`() throws {
        for _ in 0..<200 {
            let conversation = Conversation(id: .new(), title: String.random(), createdAt: .now(), updatedAt: .now())
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let document = try decoder.decode(ConversationDocument.self, from: Data(conversation.representation))
            #expect(
                document.title.unicodeScalars.elementsEqual(conversation.title.unicodeScalars) && document.id == conversation.id.description
            )
        }
    }
}
