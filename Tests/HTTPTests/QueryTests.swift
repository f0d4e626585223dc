import HTTP
import Testing

@Suite struct QueryTests {
    @Test func `items are decoded in order`() throws {
        let items = try Query("a=1&b=x%26y+z&flag&empty=&a=2").items()
        #expect(items.map(\.name) == ["a", "b", "flag", "empty", "a"])
        #expect(items.map(\.value) == ["1", "x&y z", nil, "", "2"])
    }

    @Test func `what stands between two & may be empty, and so may a name`() throws {
        let items = try Query("&a=1&&=b&c=&").items()
        #expect(items.map(\.name) == ["a", "", "c"] && items.map(\.value) == ["1", "b", ""])
    }

    @Test func `the first item of a name wins, and what comes behind it is not looked at`() throws {
        let query = Query("a=1&a=2&fl%61g&b=%2B")
        #expect(try Query("a=1&b=%").first("a") == "1")
        #expect(try query.first("a") == "1")
        #expect(try query.first("flag") == "")
        #expect(try query.first("b") == "+")
        #expect(try query.first("c") == nil)
    }

    @Test func `an empty query has no items`() throws {
        #expect(try Query("").items().isEmpty)
        #expect(try Query("&&").items().isEmpty)
    }

    @Test(arguments: ["a=%00", "a=%0A", "a=%7f", "a=%C3", "a=%", "a=%2", "a=%GG", "%00=a"])
    func `what does not decode to clean text is malformed`(query: String) {
        #expect(throws: Refusal.self) { try Query(query).items() }
        #expect(throws: Refusal.self) { try Query(query).first("a") }
    }
}
