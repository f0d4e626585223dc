import FoundationEssentials

/// A certificate and its key, made by the `openssl` command in a directory of its own, for `localhost`.
public final class TestCertificate: Sendable {
    public let directory: String
    public var certificate: String { "\(directory)/certificate.pem" }
    public var key: String { "\(directory)/key.pem" }
    /// A certificate for the same key that has been out of date since yesterday.
    public var expired: String { "\(directory)/expired.pem" }

    public init() async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("parley-\(UUID().uuidString.lowercased())").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try await renew()
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Puts another pair in the place of this one.
    public func renew() async throws {
        try await openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout \(key) -out \(certificate)"
        )
    }

    /// Puts another pair in the place of this one, whose key has a pass phrase.
    public func renew(password: String) async throws {
        try await renew()
        try await openssl("pkey -in \(key) -aes256 -passout pass:\(password) -out \(directory)/encrypted.pem")
        try FileManager.default.removeItem(atPath: key)
        try FileManager.default.moveItem(atPath: "\(directory)/encrypted.pem", toPath: key)
    }

    public func makeExpired() async throws {
        try await openssl("req -new -key \(key) -subj /CN=localhost -out \(directory)/request.pem")
        try await openssl("x509 -req -in \(directory)/request.pem -signkey \(key) -days -1 -out \(expired)")
    }

    private func openssl(_ arguments: String) async throws {
        let status = try await run("/usr/bin/openssl", arguments.split(separator: " ").map(String.init))
        guard status == 0 else { throw Client.Failure(reason: "openssl \(arguments) failed") }
    }
}
