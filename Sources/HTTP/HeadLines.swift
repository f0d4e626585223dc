internal import CMicroHTTPD
internal import Glibc

/// Finds out whether the lines of a head are what they seem.
///
/// libmicrohttpd 0.9.75 cuts a header's value at a NUL, takes a lone CR or LF for the end of a line, and joins folded lines: each lets a
/// request mean one thing here and another to a proxy in front ([RFC 9112, 2.2](https://www.rfc-editor.org/rfc/rfc9112#section-2.2)). It parses
/// in place, so every byte that it has dropped is a gap: lines that were ended by CR and LF lie exactly two bytes apart, now both zero.
/// Later versions refuse all of this themselves, and lay lines out in another way.
@safe
struct HeadLines {
    /// Behind the last byte of the line before.
    private var end: UnsafePointer<UInt8>
    private var hasGap = false

    init(version: UnsafePointer<CChar>) {
        let text = unsafe UnsafeRawPointer(version).assumingMemoryBound(to: UInt8.self)
        unsafe end = text + strlen(version)
    }

    /// The next line, which lies in libmicrohttpd's memory.
    mutating func add(name: Span<UInt8>, value: Span<UInt8>) {
        unsafe name.withUnsafeBufferPointer { name in
            if unsafe name.baseAddress != end + 2 { hasGap = true }
        }
        unsafe value.withUnsafeBufferPointer { value in
            if let start = value.baseAddress { unsafe end = start + value.count }
        }
    }

    /// To be asked behind the last line. The empty line that ends a head is two more zeros; a byte is looked at only where those before it
    /// are zero, and behind them lie libmicrohttpd's own records of the headers, so this never leaves its memory.
    var areWhole: Bool {
        guard parley_mhd_parses_in_place() != 0 else { return true }
        return !hasGap && (0..<4).allSatisfy { unsafe end[$0] == 0 }
    }
}
