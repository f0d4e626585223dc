import Crypto

/// A strong entity tag (RFC 9110, section 8.8.3): 128 bits of the SHA-256 of a representation, in hexadecimal and quotes.
struct EntityTag: Sendable, Hashable {
    /// With its quotes, as it stands in a header.
    let text: String

    init(of representation: [UInt8]) {
        var hash = SHA256()
        unsafe representation.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        text = unsafe hash.finalize().withUnsafeBytes { unsafe Self.quoted($0.prefix(16)) }
    }

    private static func quoted(_ digest: Slice<UnsafeRawBufferPointer>) -> String {
        unsafe String(unsafeUninitializedCapacity: 34) { text in
            unsafe text[0] = UInt8(ascii: "\"")
            for index in 0..<16 {
                let byte = unsafe digest[index]
                unsafe text[1 + 2 * index] = UInt8(hexadecimalDigit: byte >> 4)
                unsafe text[2 + 2 * index] = UInt8(hexadecimalDigit: byte & 0x0F)
            }
            unsafe text[33] = UInt8(ascii: "\"")
            return 34
        }
    }
}
