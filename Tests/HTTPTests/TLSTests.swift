import FoundationEssentials
import Glibc
import HTTP
import HTTPTesting
import HTTPTypes
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private let pair: TestCertificate
    private let identity: TLSIdentity

    init() async throws {
        pair = try await TestCertificate()
        identity = try TLSIdentity(certificate: pair.certificate, key: pair.key)
    }

    /// Serves over HTTPS while `body` runs.
    private func withSecureServer(
        configure: (inout Server.Configuration) -> Void = { _ in },
        respond: @escaping @Sendable (Request) async -> Response = { _ in .text("hello") },
        _ body: (Server) async throws -> Void
    ) async throws {
        try await withServer(
            configure: {
                $0.tls = identity
                configure(&$0)
            },
            respond: respond,
            body
        )
    }

    @Test func `requests are served over TLS, one after the other and pipelined`() async throws {
        try await withSecureServer(respond: { .text($0.path) }) { server in
            let client = try Client(server.address, tls: true)
            client.get("/a")
            #expect(try await client.reply().body == "/a")
            client.send("GET /b HTTP/1.1\r\nHost: test\r\n\r\nGET /c HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().body == "/b")
            #expect(try await client.reply().body == "/c")
        }
    }

    @Test func `bodies larger than a TLS record go both ways`() async throws {
        try await withSecureServer(respond: { Response(status: .ok, body: $0.body) }) { server in
            let client = try Client(server.address, tls: true)
            let body = String(repeating: "0123456789", count: 6000)
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(try await client.reply().body == body)
        }
    }

    @Test func `handlers that wait are answered`() async throws {
        let turnstile = Turnstile()
        let respond: @Sendable (Request) async -> Response = { request in
            await turnstile.pass()
            return .text(request.path)
        }
        try await withSecureServer(configure: { $0.loops = 1 }, respond: respond) { server in
            let clients = try (0..<3).map { _ in try Client(server.address, tls: true) }
            for (number, client) in clients.enumerated() { client.get("/\(number)") }
            await turnstile.arrivals(3)
            turnstile.open()
            for (number, client) in clients.enumerated() { #expect(try await client.reply().body == "/\(number)") }
        }
    }

    @Test func `as many busy connections as fill a batch of events are all served`() async throws {
        try await withSecureServer(configure: { $0.loops = 1 }) { server in
            let clients = try await onThread { try (0..<128).map { _ in try Client(server.address, tls: true) } }
            for _ in 0..<3 {
                for client in clients { client.get("/") }
                for client in clients { #expect(try await client.reply().status == 200) }
            }
        }
    }

    @Test func `a drain says goodbye on TLS connections too`() async throws {
        try await withSecureServer { server in
            let client = try Client(server.address, tls: true)
            client.get("/")
            _ = try await client.reply()
            #expect(await server.drain(timeout: .seconds(9)) == 0)
            #expect(try await client.rest() == "")
        }
    }

    @Test func `a client that speaks plain HTTP is closed without an answer`() async throws {
        try await withSecureServer { server in
            let client = try Client(server.address)
            client.get("/")
            let answer = try await client.rest()
            #expect(!answer.contains("HTTP/1.1"))
        }
    }

    @Test func `a client that does not shake hands is cut`() async throws {
        try await withSecureServer(configure: { $0.requestTimeout = .milliseconds(200) }) { server in
            let answer = try await Client(server.address).rest()
            #expect(answer == "")
        }
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func `old versions of TLS are refused`(version: String) async throws {
        try await withSecureServer { server in
            let status = try await openssl("s_client -connect \(server.address) -cipher ALL:@SECLEVEL=0 \(version)")
            #expect(status != 0)
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `TLS 1·2 and 1·3 are served, to clients that check the certificate`(version: String) async throws {
        try await withSecureServer { server in
            let options = "-verify_return_error -CAfile \(pair.certificate) -verify_hostname localhost"
            let status = try await openssl("s_client -connect \(server.address) \(options) \(version)")
            #expect(status == 0)
        }
    }

    @Test func `a renewed certificate is shown to new connections, and open ones go on`() async throws {
        try await withSecureServer { server in
            let old = try Client(server.address, tls: true)
            old.get("/")
            _ = try await old.reply()
            try await pair.renew()
            try identity.reload()
            let new = try Client(server.address, tls: true)
            #expect(new.serverCertificate != old.serverCertificate && !new.serverCertificate.isEmpty)
            old.get("/")
            #expect(try await old.reply().status == 200)
            new.get("/")
            #expect(try await new.reply().status == 200)
        }
    }

    @Test func `a key may have a pass phrase, and a renewed one another`() async throws {
        try await pair.renew(password: "correct-horse")
        let identity = try TLSIdentity(certificate: pair.certificate, key: pair.key, password: "correct-horse")
        try await withServer(configure: { $0.tls = identity }) { server in
            let old = try Client(server.address, tls: true)
            old.get("/")
            #expect(try await old.reply().body == "hello")
            try await pair.renew(password: "battery-staple")
            #expect(throws: TLSError.self) { try identity.reload(password: "correct-horse") }
            #expect(try Client(server.address, tls: true).serverCertificate == old.serverCertificate)
            try identity.reload(password: "battery-staple")
            let new = try Client(server.address, tls: true)
            new.get("/")
            #expect(try await new.reply().body == "hello")
            #expect(new.serverCertificate != old.serverCertificate)
        }
    }

    @Test func `a pass phrase that is missing or wrong is told, and one too many does no harm`() async throws {
        let (certificate, key) = (pair.certificate, pair.key)
        _ = try TLSIdentity(certificate: certificate, key: key, password: "for nothing")
        try await pair.renew(password: "correct-horse")
        let missing = #expect(throws: TLSError.self) { try TLSIdentity(certificate: certificate, key: key) }
        #expect(missing?.description == "the key \(key) has a pass phrase, and none is set: set it, or name a key without one")
        let wrong = #expect(throws: TLSError.self) { try TLSIdentity(certificate: certificate, key: key, password: "battery-staple") }
        #expect(wrong?.description.hasPrefix("the pass phrase that is set is not that of the key \(key)") == true)
        #expect(wrong?.description.contains("battery") == false)
    }

    @Test func `a reload that fails keeps the certificate`() async throws {
        try await withSecureServer { server in
            let before = try Client(server.address, tls: true).serverCertificate
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: pair.certificate))
            #expect(throws: TLSError.self) { try identity.reload() }
            let after = try Client(server.address, tls: true).serverCertificate
            #expect(after == before)
        }
    }

    @Test func `files that cannot be used are errors that say what to do`() async throws {
        let other = try await TestCertificate()
        try await pair.makeExpired()
        let cases = [
            ("/nowhere.pem", pair.key, "cannot read the certificate /nowhere.pem: No such file"),
            (pair.certificate, "/nowhere.pem", "cannot read the key /nowhere.pem"),
            (pair.certificate, other.key, "is not that of the certificate"),
            (pair.expired, pair.key, "has expired, on "),
            (pair.key, pair.key, "are not a certificate and a key"),
            (pair.directory, pair.key, "cannot read the certificate"),
        ]
        for (certificate, key, sentence) in cases {
            let error = #expect(throws: TLSError.self) { try TLSIdentity(certificate: certificate, key: key) }
            #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `what is no file of that size is told, and neither waited for nor read`() throws {
        let (pipe, huge) = ("\(pair.directory)/pipe", "\(pair.directory)/huge")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        try Data().write(to: URL(fileURLWithPath: huge))
        try #require(unsafe truncate(huge, 1 << 30) == 0)
        for (path, sentence) in [
            (pipe, "it is not a regular file"), (pair.directory, "it is not a regular file"), ("/dev/zero", "it is not a regular file"),
            (huge, "is too large for a key"),
        ] {
            let error = #expect(throws: TLSError.self) { try TLSIdentity(certificate: pair.certificate, key: path) }
            #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
        }
    }

    private func openssl(_ arguments: String) async throws -> Int32 {
        try await run("/usr/bin/openssl", arguments.split(separator: " ").map(String.init))
    }
}
