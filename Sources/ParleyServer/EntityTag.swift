import Crypto

/// A strong entity tag (RFC 9110, section 8.8.3): 128 bits of the SHA-256 of a representation, in hexadecimal and quotes.
struct EntityTag: Sendable, Hashable {
    /// With its quotes, as it stands in a header.
    let text: String

    init(of representation: [UInt8]) {
        var hash = SHA256()
        unsafe representation.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        let digest = hash.finalize()
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(34)
        for byte in digest.prefix(16) {
            bytes.append(Self.digit(byte >> 4))
            bytes.append(Self.digit(byte & 0x0F))
        }
        bytes.append(UInt8(ascii: "\""))
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
