import HTTP
import HTTPTypes

/// Names a request in the response, the log and every problem.
struct RequestIDs: Sendable {
    /// Tells the requests of one process from those of another.
    private let process = UInt32.random(in: 0x1000_0000...UInt32.max)

    /// The client's own id where it has a plain one, else one made of its number.
    func id(for request: Request) -> String {
        if let id = request.header(.requestID), Self.isPlain(id) { return id }
        return made(of: request.number)
    }

    /// `9f86d081-2a`: both numbers in hexadecimal, written in one go.
    private func made(of number: UInt64) -> String {
        let digits = max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 3) / 4)
        return unsafe String(unsafeUninitializedCapacity: 9 + digits) { text in
            for index in 0..<8 { unsafe text[index] = UInt8(hexadecimalDigit: UInt8(process >> (28 - 4 * index) & 0xF)) }
            unsafe text[8] = UInt8(ascii: "-")
            for index in 0..<digits { unsafe text[8 + digits - index] = UInt8(hexadecimalDigit: UInt8(number >> (4 * index) & 0xF)) }
            return 9 + digits
        }
    }

    /// `[A-Za-z0-9._-]{1,128}`: safe to repeat in a header and in a log.
    static func isPlain(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
    static let acceptPatch = HTTPField.Name("Accept-Patch")!
    static let acceptPost = HTTPField.Name("Accept-Post")!
    static let link = HTTPField.Name("Link")!
}
