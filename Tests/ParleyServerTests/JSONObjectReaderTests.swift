import FoundationEssentials
import Testing

@testable import ParleyServer

@Suite struct JSONObjectReaderTests {
    private typealias Fault = JSONObjectReader.Fault

    @Test(arguments: [
        (#"{}"#, [:]),
        (#" { "title" : "x" } "#, ["title": .string("x")]),
        (#"{"a":null,"b":true,"c":[],"d":{},"e":-0.5e+10,"f":0}"#, ["a": .null, "b": .other, "c": .other, "d": .other, "e": .other, "f": .other]),
        (#"{"a":[[],{"x":[1,{"y":"z"},null]},"s",false],"b":"c"}"#, ["a": .other, "b": .string("c")]),
        (#"{"t":"\"\\\/\b\f\n\r\té\u00e9\ud83e\udd9c"}"#, ["t": .string("\"\\/\u{8}\u{C}\n\r\té\u{E9}🦜")]),
    ] as [(String, [String: JSONObjectReader.Value])])
    func `an object's members are read`(_ text: String, _ members: [String: JSONObjectReader.Value]) throws {
        #expect(try JSONObjectReader.members(of: Array(text.utf8)) == members)
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("{\"a\"", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{\"a\":1} x", 8), ("{'a':1}", 1), ("{\"a\":01}", 6),
        ("{\"a\":1.}", 7), ("{\"a\":-}", 6), ("{\"a\":[1,]}", 8), ("{\"a\":[}", 6), ("{\"a\":{\"b\"}}", 9), ("{\"a\":tru}", 8), ("{\"a\":\"\n\"}", 6),
        ("{\"a\":\"\\x\"}", 7), ("{\"a\":\"\\ud800\"}", 12), ("{\"a\":\"\\ud800\\u0041\"}", 18), ("{\"a\":\"\\udc00\\ud800\"}", 18), ("{\"a\":\"\\u00g0\"}", 10),
        ("\u{FEFF}{}", 0), ("[1 2]", 3), ("{\"a\":\"", 6),
    ])
    func `what is no JSON is refused at the byte where it ends to be`(_ text: String, _ offset: Int) {
        #expect(throws: Fault.syntax(offset: offset)) { try JSONObjectReader.members(of: Array(text.utf8)) }
    }

    @Test(arguments: ["null", "1", "\"x\"", "[]", "[{\"a\":[]}]", " true "])
    func `JSON that is no object is refused as such`(_ text: String) {
        #expect(throws: Fault.notAnObject) { try JSONObjectReader.members(of: Array(text.utf8)) }
    }

    @Test func `a name that stands twice is refused`() {
        #expect(throws: Fault.repeated("title")) { try JSONObjectReader.members(of: Array(#"{"title":"a","\u0074itle":"b"}"#.utf8)) }
    }

    @Test func `other encodings than UTF-8 are refused`() {
        #expect(throws: Fault.syntax(offset: 0)) { try JSONObjectReader.members(of: [0x7B, 0x00, 0x7D, 0x00, 0xFF]) }
        #expect(throws: Fault.self) { try JSONObjectReader.members(of: Array("{}".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })) }
    }

    @Test(arguments: [UInt8(ascii: "["), UInt8(ascii: "{")])
    func `a body that nests a hundred thousand times is refused and crashes nothing`(_ bracket: UInt8) {
        let nested = Array(#"{"a":"#.utf8) + Array(repeating: bracket, count: 100_000)
        #expect(throws: Fault.self) { try JSONObjectReader.members(of: nested) }
    }

    @Test func `strings are read as Foundation reads them`() throws {
        for _ in 0..<200 {
            let text = String((0..<Int.random(in: 0..<30)).map { _ in Character(Unicode.Scalar(UInt32.random(in: 1..<0xD7FF))!) })
            let body = try JSONEncoder().encode(["title": text])
            #expect(try JSONObjectReader.members(of: Array(body)) == ["title": .string(text)])
        }
    }
}
