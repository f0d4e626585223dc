/// The name of a table, index, view or trigger, as SQLite compares it: by bytes, and without regard to the case of ASCII letters.
struct SchemaName: Hashable, Comparable {
    private let bytes: [UInt8]

    init(_ name: String) {
        self.init(name.utf8)
    }

    init(_ name: some Sequence<UInt8>) {
        bytes = name.asciiLowercased
    }

    static func < (first: SchemaName, second: SchemaName) -> Bool {
        first.bytes.lexicographicallyPrecedes(second.bytes)
    }
}

extension Sequence<UInt8> {
    var asciiLowercased: [UInt8] {
        map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
