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

    /// The certificate and key of HTTPS, read from their files; nil for HTTP.
    ///
    /// - Throws: ``SettingsError``.
    func tlsIdentity() throws(SettingsError) -> TLSIdentity? {
        guard let tlsCertificate, let tlsKey else { return nil }
        do throws(TLSError) { return try TLSIdentity(certificate: tlsCertificate, key: tlsKey, password: tlsKeyPassword?.text) } catch {
            throw SettingsError(faults: [error.description])
        }
    }

    /// Finds what no server can be made of, although each setting by itself is one. Reads no files.
    ///
    /// - Throws: ``SettingsError`` with all of it.
    public func requireServable() throws(SettingsError) {
        let addresses = [host] + [adminAddress?.host].compactMap(\.self)
        let faults = addresses.compactMap(hostFault) + [strangersFault, identityFault].compactMap(\.self)
        guard faults.isEmpty else { throw SettingsError(faults: faults) }
    }

    private func hostFault(_ host: String) -> String? {
        SocketAddress(host: host, port: 0).isAddress ? nil : ServerError.badHost(host).description
    }

    /// Others could reach a server that asks nobody for a token.
    private var strangersFault: String? {
        let address = SocketAddress(host: host, port: port)
        guard address.isAddress, !address.isLoopback, tokenFile == nil, !allowsStrangers else { return nil }
        return """
            --host is \(host), which others can reach, and requests need no token. Make tokens (parley token create) and name their \
            file with --token-file, or say --insecure-no-auth to let everybody in who can reach the address.
            """
    }

    private var identityFault: String? {
        switch (tlsCertificate, tlsKey) {
        case (nil, nil) where tlsKeyPassword != nil: "tls-key-password is set, and there is no key for it: set --tls-key, or take it away"
        case (nil, nil), (_?, _?): nil
        default: "--tls-certificate and --tls-key belong together: set both, or neither"
        }
    }
}

extension SocketAddress {
    /// Whether only this machine can reach it.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
