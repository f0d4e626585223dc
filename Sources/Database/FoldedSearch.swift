/// A text to look for in others, with case folded: what `contains_folded(text, part)` means to every engine.
///
/// Two scalars are the same when Unicode's mappings to upper and then to lower case, as far as they lead to one scalar, make them the same:
/// `É` is `é` and `Σ` is `σ` is `ς`, while `ß` is not `ss`. Nothing is normalized, and an accent is not left out.
final class FoldedSearch: Sendable {
    private let part: [UInt32]
    /// For each place in `part`, the length of its longest beginning that ends there too: the algorithm of Knuth, Morris and Pratt, which
    /// reads each scalar of a text once.
    private let restarts: [Int]

    init(for text: String) {
        let part = text.unicodeScalars.map { Self.folded($0.value) }
        var restarts = Array(repeating: 0, count: part.count)
        for index in part.indices.dropFirst() {
            restarts[index] = Self.advance(restarts[index - 1], by: part[index], part, restarts)
        }
        (self.part, self.restarts) = (part, restarts)
    }

    /// Whether UTF-8 text has the part in it; an empty part is in every text.
    func isFound(in text: Span<UInt8>) -> Bool {
        var (matched, index) = (0, 0)
        while matched < part.count {
            guard index < text.count else { return false }
            matched = Self.advance(matched, by: Self.folded(Self.nextScalar(in: text, &index)), part, restarts)
        }
        return true
    }

    /// How much of `part` is matched by `matched` scalars of it and one more.
    private static func advance(_ matched: Int, by scalar: UInt32, _ part: [UInt32], _ restarts: [Int]) -> Int {
        var matched = matched
        while part[matched] != scalar {
            guard matched > 0 else { return 0 }
            matched = restarts[matched - 1]
        }
        return matched + 1
    }

    /// The scalar at `index`, which moves behind it; U+FFFD for what is not UTF-8.
    private static func nextScalar(in text: Span<UInt8>, _ index: inout Int) -> UInt32 {
        let first = text[index]
        index += 1
        guard first >= 0x80 else { return UInt32(first) }
        let count = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1
        guard first >= 0xC0, index + count <= text.count else { return 0xFFFD }
        var scalar = UInt32(first) & (0x3F >> UInt32(count))
        for offset in 0..<count { scalar = scalar << 6 | UInt32(text[index + offset] & 0x3F) }
        index += count
        return scalar
    }

    private static func folded(_ scalar: UInt32) -> UInt32 {
        scalar < folds.count ? UInt32(folds[Int(scalar)]) : fold(scalar)
    }

    /// Made once, since Unicode's properties take a hundred times as long to ask for as a place in an array.
    private static let folds = (0...UInt32(UInt16.max)).map { UInt16(truncatingIfNeeded: fold($0)) }

    private static func fold(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return value }
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return (single(upper.properties.lowercaseMapping) ?? upper).value
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
}
