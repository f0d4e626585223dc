import Crypto

/// The SHA-256 of a token: enough to know the token again, and of no use to whoever steals it.
///
/// A slow password hash would protect nothing here: a token is 256 random bits, which nobody can try out.
struct TokenDigest: Sendable {
    private let words: SIMD4<UInt64>

    init(of token: Span<UInt8>) {
        var hash = SHA256()
        unsafe token.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        words = unsafe hash.finalize().withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// From 64 lower-case hexadecimal digits; nil for anything else.
    init?(hexadecimal: String) {
        let digits = hexadecimal.utf8.compactMap(Self.value)
        guard digits.count == 64, hexadecimal.utf8.count == 64 else { return nil }
        var words: SIMD4<UInt64> = .zero
        for (index, digit) in digits.enumerated() { words[index / 16] = words[index / 16] << 4 | UInt64(digit) }
        self.words = SIMD4(words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian)
    }

    var hexadecimal: String {
        unsafe withUnsafeBytes(of: words) { unsafe $0.hexadecimal }
    }

    /// In the same time whatever the difference and wherever it is, so that nobody can find a digest piece by piece.
    func equals(_ other: TokenDigest) -> Bool {
        let difference = words ^ other.words
        return difference[0] | difference[1] | difference[2] | difference[3] == 0
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
