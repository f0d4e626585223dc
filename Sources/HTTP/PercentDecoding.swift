/// Decodes `%HH` ([RFC 3986, 2.1](https://www.rfc-editor.org/rfc/rfc3986#section-2.1)) to text that is safe to store and log.
///
/// Splitting comes first and decoding after, so an encoded separator stays data.
enum PercentDecoding {
    /// The decoded text; `+` is a space where `plusIsSpace`, as in a query.
    ///
    /// - Throws: ``Refusal/malformed(_:)`` for a broken escape, a control character or bytes that are not UTF-8.
    static func decode(_ encoded: Span<UInt8>, plusIsSpace: Bool = false) throws(Refusal) -> String {
        let isEncoded = encoded.indices.contains { encoded[$0] == UInt8(ascii: "%") || (plusIsSpace && encoded[$0] == UInt8(ascii: "+")) }
        guard isEncoded else { return unsafe encoded.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }
        guard let text = String(validating: try decodeBytes(encoded, plusIsSpace: plusIsSpace), as: UTF8.self) else {
            throw .malformed("A percent-encoded part of the target is not UTF-8.")
        }
        return text
    }

    private static func decodeBytes(_ encoded: Span<UInt8>, plusIsSpace: Bool) throws(Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var index = 0
        while index < encoded.count {
            switch encoded[index] {
            case UInt8(ascii: "%"):
                bytes.append(try decodeEscape(encoded, at: index))
                index += 2
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case let byte: bytes.append(byte)
            }
            index += 1
        }
        return bytes
    }

    private static func decodeEscape(_ encoded: Span<UInt8>, at index: Int) throws(Refusal) -> UInt8 {
        guard index + 2 < encoded.count, let high = encoded[index + 1].hexadecimalValue, let low = encoded[index + 2].hexadecimalValue
        else { throw .malformed("A % in the target is not followed by two hexadecimal digits.") }
        let byte = high << 4 | low
        guard !byte.isControl else { throw .malformed("The target has an encoded control character.") }
        return byte
    }
}

extension Span<UInt8> {
    /// Where a byte occurs first.
    func firstIndex(of byte: UInt8) -> Int? {
        indices.first { self[$0] == byte }
    }
}

extension UInt8 {
    /// Whether this is an ASCII control character.
    var isControl: Bool { self < 0x20 || self == 0x7F }

    /// What this stands for as a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
