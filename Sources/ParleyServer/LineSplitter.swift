/// Cuts a stream of bytes into lines. One that is too long is passed over and told, so that no line takes more memory than it may.
struct LineSplitter: Sendable {
    enum Line: Sendable, Hashable {
        /// The bytes without the line end; a carriage return before that is white space to JSON.
        case whole([UInt8])
        case tooLong
    }

    /// In bytes.
    static let longestLine = 64 << 10

    private var rest: [UInt8] = []
    private var isTooLong = false

    /// Calls `take` with each line that ends in `chunk`.
    mutating func split(_ chunk: [UInt8], _ take: (Line) -> Void) {
        var start = 0
        while let lineEnd = chunk[start...].firstIndex(of: UInt8(ascii: "\n")) {
            add(chunk[start..<lineEnd])
            end(take)
            start = lineEnd + 1
        }
        add(chunk[start...])
    }

    /// Calls `take` with what stands behind the last line end, if anything does.
    mutating func finish(_ take: (Line) -> Void) {
        if isTooLong || !rest.isEmpty { end(take) }
    }

    private mutating func add(_ part: ArraySlice<UInt8>) {
        isTooLong = isTooLong || rest.count + part.count > Self.longestLine
        if isTooLong { rest = [] } else { rest += part }
    }

    private mutating func end(_ take: (Line) -> Void) {
        take(isTooLong ? .tooLong : .whole(rest))
        rest.removeAll(keepingCapacity: true)
        isTooLong = false
    }
}
