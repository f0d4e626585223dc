import Testing

@testable import ParleyServer

@Suite struct JSONTreeTests {
    @Test(arguments: [
        #"{"b":1,"a":[true,false,null,{}],"aa":{"z":"\u0001é","y":[]}}"#, #"[-0.5e10,18446744073709551616,""]"#, #""\"""#, "null", "0",
    ])
    func `it keeps all that is written, in its order`(text: String) throws {
        #expect(String(decoding: try JSONTree(Array(text.utf8)).json, as: UTF8.self) == text)
    }

    @Test func `white space and a byte order mark are no part of it`() throws {
        #expect(try JSONTree(Array("\u{FEFF} { \"a\" : [ 1 , 2 ] } \n".utf8)) == ["a": .array([.number("1"), .number("2")])])
    }

    @Test(arguments: ["", "{", "[1,]", #"{"a":1,"a":2}"#, "nul", "1 2", "'a'"])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONFault.self) { try JSONTree(Array(text.utf8)) }
    }
}
