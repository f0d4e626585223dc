import FoundationEssentials
import Testing

@testable import ParleyServer

@Suite struct JSONReaderTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONReader.parse(Array(text.utf8)) }

    @Test(arguments: [
        "0", "-0", "7", "-1.5", "1e5", "1E+5", "0.5e-7", "1e999999", "true", "false", "[]", "[ 1 , [ ] , \"x\" ]", " \t\r\n[{}]\n",
    ])
    func `numbers, booleans and arrays are read and not kept`(text: String) throws {
        #expect(try parse(text) == .other)
    }

    @Test(arguments: [
        "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "Infinity", "tru", "nulll", "[1,]", "[,1]", "[1 2]", "{,}", "{\"a\" 1}",
        "{\"a\":1,}",
        "{a:1}", "\"", "\"\\\"", "\"\\", "\"\\u", "\"\\u12", "\"\\ud83d\"", "\"\\ud83d\\n\"", "\"\\ude00\"", "1 1", "", "  ", "/**/1", "[",
        "{\"a\"", "{\"a\":",
        "\"\\u+123\"", "\"\\u\u{FF11}\u{FF11}\"", "{1:2}", "'x'", "\u{FEFF}\u{FEFF}1",
    ])
    func `what RFC 8259 does not allow is a fault`(text: String) {
        #expect(throws: JSONFault.self) { try parse(text) }
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"), (#""\u0041\u00e9\u20AC""#, "A\u{E9}\u{20AC}"),
        (#""\ud83d\ude00""#, "\u{1F600}"),
        (#""\u0000""#, "\0"), ("\"\u{1F600}\u{7F}\u{2028}\"", "\u{1F600}\u{7F}\u{2028}"),
    ])
    func `strings are read with their escapes`(text: String, expected: String) throws {
        #expect(try parse(text) == .string(expected))
    }

    @Test func `objects are read by name`() throws {
        let value = try parse(#" { "a" : null , "b":"x","c":{"d":[{}]} , "":0 } "#)
        #expect(value == .object(["a": .null, "b": .string("x"), "c": .object(["d": .other]), "": .other]))
    }

    @Test func `a fault says where it is`() {
        #expect(throws: JSONFault(reason: "this name is there twice", offset: 7)) { try parse(#"{"a":1,"a":2}"#) }
        #expect(throws: JSONFault(reason: "something stands behind the value", offset: 3)) { try parse("{} x") }
    }

    @Test func `random strings come back as Foundation's encoder wrote them`() throws {
        for _ in 0..<500 {
            let text = String.random()
            #expect(try JSONReader.parse(Array(try JSONEncoder().encode(text))) == .string(text))
        }
    }

    @Test func `random bytes are read or refused, and never crash`() {
        let alphabet = Array(#"{}[]":,\un0e1-. tf"#.utf8) + [0xC3, 0xA9, 0xFF, 0x00]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0..<24)).map { _ in alphabet.randomElement() ?? 0 }
            let value = try? JSONReader.parse(bytes)
            if value != nil {
                #expect((try? JSONDecoder().decode(Anything.self, from: Data(bytes))) != nil, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}

/// Any JSON, for `JSONDecoder`.
private struct Anything: Decodable {
    init(from decoder: any Decoder) throws {}
}
