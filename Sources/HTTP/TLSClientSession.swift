internal import CMicroHTTPD
internal import Glibc

/// The client's side of TLS, on a socket that is connected: enough to ask a server on this machine how it is.
///
/// It shows no certificate and takes any, so it says nothing about who answers. One thread may send while another receives.
///
/// `nonisolated(unsafe)`, because GnuTLS allows just that.
@safe
package final class TLSClientSession: Sendable {
    nonisolated(unsafe) private let session: gnutls_session_t
    nonisolated(unsafe) private let credentials: gnutls_certificate_credentials_t

    /// Shakes hands; the socket stays the caller's.
    package init(descriptor: Int32) throws(TLSError) {
        try HTTPLibraries.loadForTLS()
        var session: gnutls_session_t?
        var credentials: gnutls_certificate_credentials_t?
        guard unsafe gnutls_init(&session, UInt32(GNUTLS_CLIENT | GNUTLS_NO_SIGNAL)) >= 0, let session = unsafe session else {
            throw TLSError("no memory for a TLS session")
        }
        guard unsafe gnutls_certificate_allocate_credentials(&credentials) >= 0, let credentials = unsafe credentials else {
            unsafe gnutls_deinit(session)
            throw TLSError("no memory for a TLS session")
        }
        unsafe (self.session, self.credentials) = unsafe (session, credentials)
        unsafe gnutls_set_default_priority(session)
        unsafe gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
        unsafe gnutls_transport_set_int2(session, descriptor, descriptor)
        let status = unsafe shakeHands(session)
        guard status >= 0 else { throw TLSError("no TLS", code: status) }
    }

    deinit {
        unsafe gnutls_deinit(session)
        unsafe gnutls_certificate_free_credentials(credentials)
    }

    /// Sends all of `bytes`; `false` where the connection has ended.
    package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe gnutls_record_send(session, $0.baseAddress, $0.count) }
            guard count > 0 || gnutls_error_is_fatal(Int32(count)) == 0 else { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    /// The next bytes; empty at the end of the connection.
    package func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe gnutls_record_recv(session, &buffer, buffer.count)
            if count >= 0 { return Array(buffer.prefix(count)) }
            // A new session ticket, which TLS 1.3 sends when it likes, is no error.
            guard gnutls_error_is_fatal(Int32(count)) == 0, count != Int(GNUTLS_E_AGAIN) else { return [] }
        }
    }

    /// The server's certificate, as DER.
    package var peerCertificate: [UInt8] {
        var count: UInt32 = 0
        guard let first = unsafe gnutls_certificate_get_peers(session, &count), count > 0 else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: first.pointee.data, count: Int(first.pointee.size)))
    }
}

private func shakeHands(_ session: gnutls_session_t) -> Int32 {
    while true {
        let status = unsafe gnutls_handshake(session)
        if status >= 0 || status == GNUTLS_E_AGAIN || gnutls_error_is_fatal(status) != 0 { return status }
    }
}
