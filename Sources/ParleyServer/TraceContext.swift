import HTTP
import HTTPTypes

/// Where a request belongs in a caller's trace: [W3C Trace Context](https://www.w3.org/TR/trace-context/#traceparent-header), version 00.
struct TraceContext: Sendable, Hashable {
    /// 32 hexadecimal digits.
    let traceID: String
    /// The caller's span, 16 hexadecimal digits.
    let spanID: String

    /// Nil where the request has no `traceparent`, several of them, or one that cannot be: the specification wants it ignored then.
    init?(_ request: Request) {
        guard let header = request.header(.traceParent), request.headerValues(.traceParent).count == 1 else { return nil }
        self.init(header)
    }

    /// Reads `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`. Later versions may add fields behind a hyphen.
    init?(_ header: String) {
        let fields = header.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, Self.isHex(fields[0], 2), fields[0] != "ff", fields[0] != "00" || fields.count == 4 else { return nil }
        guard Self.isHex(fields[1], 32), Self.isHex(fields[2], 16), Self.isHex(fields[3], 2) else { return nil }
        guard Self.isAnID(fields[1]), Self.isAnID(fields[2]) else { return nil }
        (traceID, spanID) = (String(fields[1]), String(fields[2]))
    }

    private static func isHex(_ field: Substring, _ length: Int) -> Bool {
        field.utf8.count == length
            && field.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// All zeros stands for none.
    private static func isAnID(_ field: Substring) -> Bool {
        field.utf8.contains { $0 != UInt8(ascii: "0") }
    }
}

extension HTTPField.Name {
    static let traceParent = HTTPField.Name("traceparent")!
}
