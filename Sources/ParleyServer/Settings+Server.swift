import HTTP

extension Settings {
    /// What the HTTP server is told of the settings.
    ///
    /// - Parameter tls: what HTTPS shows; nil for HTTP.
    func serverConfiguration(tls: TLSIdentity?) -> Server.Configuration {
        var configuration = Server.Configuration()
        configuration.host = host
        configuration.port = port
        configuration.inheritedSocket = passedSockets.clients
        configuration.tls = tls
        configuration.maximumBodySize = bodyLimit
        configuration.maximumTargetSize = urlLimit
        configuration.maximumHeadSize = headerLimit
        configuration.requestTimeout = requestTimeout
        configuration.idleTimeout = idleTimeout
        configuration.maximumConnections = maxConnections
        configuration.maximumConnectionsPerClient = maxConnectionsPerClient
        if let loops { configuration.loops = loops }
        return configuration
    }

    /// The certificate and key of HTTPS; nil for HTTP.
    ///
    /// - Throws: ``SettingsError``, also where one is set without the other.
    func tlsIdentity() throws(SettingsError) -> TLSIdentity? {
        switch (tlsCertificate, tlsKey) {
        case (nil, nil) where tlsKeyPassword == nil: return nil
        case (nil, nil):
            throw SettingsError(faults: ["tls-key-password is set, and there is no key for it: set --tls-key, or take it away"])
        case (let certificate?, let key?):
            do throws(TLSError) { return try TLSIdentity(certificate: certificate, key: key, password: tlsKeyPassword?.text) } catch {
                throw SettingsError(faults: [error.description])
            }
        default: throw SettingsError(faults: ["--tls-certificate and --tls-key belong together: set both, or neither"])
        }
    }

    /// - Throws: ``SettingsError`` where others could reach a server that asks nobody for a token.
    func requireSafeAddress() throws(SettingsError) {
        let address = SocketAddress(host: host, port: port)
        guard address.isAddress, !address.isLoopback, tokenFile == nil, !allowsStrangers else { return }
        throw SettingsError(
            faults: [
                """
                --host is \(host), which others can reach, and requests need no token. Make tokens (parley token create) and name their \
                file with --token-file, or say --insecure-no-auth to let everybody in who can reach the address.
                """
            ]
        )
    }
}

extension SocketAddress {
    /// Whether only this machine can reach it.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
