internal import CMicroHTTPD

/// Why a server cannot show a certificate, in a sentence that says what to do next.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// What GnuTLS says of a call that failed.
    init(_ what: String, code: Int32) {
        let reason = unsafe gnutls_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        self.init("\(what): \(reason)")
    }
}
