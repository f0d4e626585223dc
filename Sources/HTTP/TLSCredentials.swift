internal import CMicroHTTPD
internal import Glibc

/// A certificate and its key as GnuTLS holds them ([its manual](https://www.gnutls.org/manual/gnutls.html)).
///
/// `nonisolated(unsafe)`, because it is changed in `init` only, and GnuTLS lets threads share credentials that do not change.
@safe
final class TLSCredentials: Sendable {
    nonisolated(unsafe) private let handle: gnutls_certificate_credentials_t
    /// For libmicrohttpd, which wants them once more when it starts: ended by a zero.
    let certificate: [CChar]
    let key: [CChar]
    let password: String?
    /// In seconds since 1970.
    let expiry: Int

    /// TLS 1.2 and 1.3, with forward secrecy and authenticated encryption only.
    static let priorities = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305"

    init(certificate certificatePath: String, key keyPath: String, password: String?) throws(TLSError) {
        self.password = password
        try HTTPLibraries.loadForTLS()
        certificate = try Self.readFile(certificatePath, called: "certificate")
        key = try Self.readFile(keyPath, called: "key")
        var handle: gnutls_certificate_credentials_t?
        let status = unsafe gnutls_certificate_allocate_credentials(&handle)
        guard let handle = unsafe handle else { throw TLSError("no memory for a certificate", code: status) }
        unsafe self.handle = handle
        do throws(TLSError) {
            try unsafe Self.fill(handle, certificate, key, password, named: (certificatePath, keyPath))
            expiry = try unsafe Self.checkDates(of: handle, called: certificatePath)
        } catch {
            unsafe gnutls_certificate_free_credentials(handle)
            throw error
        }
    }

    deinit {
        unsafe gnutls_certificate_free_credentials(handle)
    }

    /// Makes a connection that has just begun show this certificate, whatever libmicrohttpd was started with. Whoever holds the connection has to
    /// hold this as well.
    func apply(to connection: OpaquePointer) {
        guard let session = unsafe parley_mhd_tls_session(connection) else { return }
        _ = unsafe gnutls_credentials_set(OpaquePointer(session), GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(handle))
    }

    // MARK: Reading

    /// More than any chain has.
    private static let largest = 1 << 20

    /// O_NONBLOCK, since opening a FIFO without a writer would wait for ever.
    private static func readFile(_ path: String, called name: String) throws(TLSError) -> [CChar] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw TLSError("cannot read the \(name) \(path): \(lastSystemError())") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TLSError("cannot read the \(name) \(path): it is not a regular file")
        }
        var text = [CChar](repeating: 0, count: largest)
        // What a regular file has comes at once, since it is less than two gigabytes: read(2).
        let count = unsafe read(descriptor, &text, text.count)
        guard count >= 0 else { throw TLSError("cannot read the \(name) \(path): \(lastSystemError())") }
        guard count < text.count else { throw TLSError("\(path) is too large for a \(name)") }
        return text.prefix(count) + [0]
    }

    private static func fill(
        _ handle: gnutls_certificate_credentials_t,
        _ certificate: [CChar],
        _ key: [CChar],
        _ password: String?,
        named names: (certificate: String, key: String)
    ) throws(TLSError) {
        let status = unsafe withDatum(certificate) { certificate in
            unsafe withDatum(key) { key in
                unsafe gnutls_certificate_set_x509_key_mem2(handle, certificate, key, GNUTLS_X509_FMT_PEM, password, 0)
            }
        }
        switch status {
        case 0...: return
        case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
            throw TLSError("the key \(names.key) is not that of the certificate \(names.certificate): name the pair that was made together")
        case GNUTLS_E_DECRYPTION_FAILED where password == nil:
            throw TLSError("the key \(names.key) has a pass phrase, and none is set: set it, or name a key without one")
        case GNUTLS_E_DECRYPTION_FAILED:
            throw TLSError("the pass phrase that is set is not that of the key \(names.key): set the one that the key was made with")
        default: throw TLSError("\(names.certificate) and \(names.key) are not a certificate and a key, as PEM", code: status)
        }
    }

    private static func withDatum(_ text: [CChar], _ body: (UnsafePointer<gnutls_datum_t>) -> Int32) -> Int32 {
        unsafe text.withUnsafeBytes { bytes in
            let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: UInt8.self)
            var datum = unsafe gnutls_datum_t(data: start, size: UInt32(bytes.count - 1))
            return unsafe body(&datum)
        }
    }

    // MARK: Dates

    private static func checkDates(of handle: gnutls_certificate_credentials_t, called path: String) throws(TLSError) -> Int {
        var leaf = unsafe gnutls_datum_t()
        var parsed: gnutls_x509_crt_t?
        guard unsafe gnutls_certificate_get_crt_raw(handle, 0, 0, &leaf) >= 0, unsafe gnutls_x509_crt_init(&parsed) >= 0 else {
            throw TLSError("\(path) has no certificate")
        }
        defer { unsafe gnutls_x509_crt_deinit(parsed) }
        guard unsafe gnutls_x509_crt_import(parsed, &leaf, GNUTLS_X509_FMT_DER) >= 0 else { throw TLSError("\(path) has no certificate") }
        let (start, end, now) = unsafe (gnutls_x509_crt_get_activation_time(parsed), gnutls_x509_crt_get_expiration_time(parsed), time(nil))
        guard now >= start else { throw TLSError("the certificate \(path) is not valid before \(date(start))") }
        guard now < end else { throw TLSError("the certificate \(path) has expired, on \(date(end)): have a new one made") }
        return end
    }

    /// `2026-11-21`
    private static func date(_ seconds: time_t) -> String {
        var (seconds, parts) = unsafe (seconds, tm())
        unsafe gmtime_r(&seconds, &parts)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            guard let start = text.baseAddress, unsafe strftime(start, text.count, "%Y-%m-%d", &parts) > 0 else { return "?" }
            return unsafe String(cString: start)
        }
    }
}
