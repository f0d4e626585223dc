/// Judges a request by its head before anything else looks at it.
///
/// libmicrohttpd 0.9.75 is lenient where a lenient server behind a proxy can be made to see two requests where the proxy saw one
/// ([RFC 9112, 11.2](https://www.rfc-editor.org/rfc/rfc9112#section-11.2)). Feed it every header, then ask for the verdict.
struct RequestGate {
    /// What is too much, in bytes.
    struct Limits {
        var body: Int
        /// The request line and headers, with their line ends.
        var head = Int.max
        var target = Int.max
    }

    var limits: Limits
    private let targetSize: Int
    private var headSize: Int
    private var hosts = 0
    private var lengths = 0
    private var codings = 0
    private var authorizations = 0
    private var types = 0
    private var declaredLength = 0
    private var hasUnknownCoding = false
    private var hasUnknownExpectation = false
    private var fault: Refusal?

    init(limits: Limits, targetSize: Int) {
        self.limits = limits
        self.targetSize = targetSize
        headSize = targetSize + Self.requestLine
    }

    /// A method of seven letters, two spaces, the version, and the line's end.
    private static let requestLine = 19

    /// Whether a body follows the head.
    var announcesBody: Bool { declaredLength > 0 || codings > 0 }

    /// Takes note of one header.
    mutating func inspect(name: Span<UInt8>, value: Span<UInt8>) {
        headSize += name.count + value.count + 4
        guard name.isToken else { return note("A header's name is not a token.") }
        guard value.isFieldValue else { return note("A header's value has a control character.") }
        switch name.count {
        case 4 where name.equals("host"): inspectHost(value)
        case 6 where name.equals("expect"): hasUnknownExpectation = hasUnknownExpectation || !value.equals("100-continue")
        case 12 where name.equals("content-type"): types += 1
        case 13 where name.equals("authorization"): authorizations += 1
        case 14 where name.equals("content-length"): inspectLength(value)
        case 17 where name.equals("transfer-encoding"): inspectCoding(value)
        default: break
        }
    }

    /// What to refuse the request for; `nil` lets it in.
    func verdict(version: String) -> Refusal? {
        if targetSize > limits.target { return .targetTooLong(limit: limits.target) }
        if headSize > limits.head { return .headTooLarge(limit: limits.head) }
        if let fault { return fault }
        let isOld = version == "HTTP/1.0"
        guard isOld || version == "HTTP/1.1" else { return .malformed("The protocol is HTTP/1.1 or HTTP/1.0.") }
        guard hosts == 1 || (isOld && hosts == 0) else { return .malformed("A request has exactly one Host header.") }
        guard authorizations <= 1 else { return .malformed("A request has at most one Authorization header.") }
        guard types <= 1 else { return .malformed("A request has at most one Content-Type header.") }
        if let refusal = framingVerdict(isOld: isOld) { return refusal }
        return hasUnknownExpectation && !isOld ? .expectationFailed : nil
    }

    private func framingVerdict(isOld: Bool) -> Refusal? {
        guard lengths + codings <= 1 else { return .malformed("A request says the length of its body once.") }
        guard codings == 0 || !isOld else { return .malformed("HTTP/1.0 has no transfer codings.") }
        guard !hasUnknownCoding else { return .unsupportedTransferCoding }
        return declaredLength > limits.body ? .contentTooLarge(limit: limits.body) : nil
    }

    private mutating func inspectHost(_ value: Span<UInt8>) {
        hosts += 1
        let isAuthority = value.indices.allSatisfy { value[$0].isAuthorityCharacter }
        if !isAuthority { note("The Host header is not a host with an optional port.") }
    }

    private mutating func inspectLength(_ value: Span<UInt8>) {
        lengths += 1
        guard value.count > 0, value.indices.allSatisfy({ value[$0].isDigit }) else { return note("The Content-Length is not a number.") }
        // More digits than an Int holds are too large whatever they say.
        declaredLength = value.indices.reduce(0) { length, index in
            length > Int.max / 100 ? length : length * 10 + Int(value[index] - UInt8(ascii: "0"))
        }
    }

    private mutating func inspectCoding(_ value: Span<UInt8>) {
        codings += 1
        hasUnknownCoding = hasUnknownCoding || !value.equals("chunked")
    }

    private mutating func note(_ reason: String) {
        fault = fault ?? .malformed(reason)
    }
}

extension Span<UInt8> {
    /// Whether these bytes are `lowercase`, without regard to ASCII case.
    fileprivate func equals(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        return indices.allSatisfy { unsafe self[$0].lowercased == lowercase.utf8Start[$0] }
    }

    /// A token of [RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
    fileprivate var isToken: Bool {
        count > 0 && indices.allSatisfy { self[$0].isTokenCharacter }
    }

    /// A field value of [RFC 9110, 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5): no control characters but the tab.
    fileprivate var isFieldValue: Bool {
        indices.allSatisfy { !self[$0].isControl || self[$0] == UInt8(ascii: "\t") }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    fileprivate var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }

    private var isLetterOrDigit: Bool {
        let lowercased = lowercased
        return isDigit || (lowercased >= UInt8(ascii: "a") && lowercased <= UInt8(ascii: "z"))
    }

    fileprivate var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "~"): true
        case UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"): true
        case UInt8(ascii: "`"), UInt8(ascii: "|"): true
        default: isLetterOrDigit
        }
    }

    /// What a host and its port are written with ([RFC 3986, 3.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2)), but no comma.
    fileprivate var isAuthorityCharacter: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"): true
        case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "="), UInt8(ascii: "!"): true
        case UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: "+"): true
        default: isLetterOrDigit
        }
    }
}
