internal import Glibc
internal import Synchronization

/// The certificate that a server shows, and its private key: two PEM files, which can be read again while it serves.
///
/// Connections that are open keep the certificate that they began with.
public final class TLSIdentity: Sendable {
    private let certificatePath: String
    private let keyPath: String
    private let state: Mutex<TLSCredentials>

    /// Reads the files: the certificate with the chain that leads to its issuer, and its key.
    ///
    /// - Parameter password: the pass phrase of the key; nil where it has none.
    /// - Throws: ``TLSError`` for files that cannot be read, are no PEM, do not belong to each other, or are not valid today.
    public init(certificate: String, key: String, password: String? = nil) throws(TLSError) {
        certificatePath = certificate
        keyPath = key
        state = Mutex(try TLSCredentials(certificate: certificate, key: key, password: password))
    }

    /// Reads the files again, whose key may have another pass phrase now. Where that fails, the certificate that was read before stays.
    public func reload(password: String? = nil) throws(TLSError) {
        let credentials = try TLSCredentials(certificate: certificatePath, key: keyPath, password: password)
        state.withLock { $0 = credentials }
    }

    /// What new connections begin with.
    var credentials: TLSCredentials { state.withLock { $0 } }

    /// When the certificate ends, in seconds since 1970.
    public var expiry: Int { credentials.expiry }
}
