import DatabaseTesting
import Glibc
import HTTPTesting
import Testing

/// SIGHUP, and a second SIGTERM or SIGINT.
@Suite(.timeLimit(.minutes(1))) struct SignalTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test func `SIGHUP takes over the log level, says what waits for a restart, and keeps what holds where there are mistakes`()
        async throws
    {
        let yaml = workplace.directory.file("parley.yaml")
        try workplace.directory.write("", to: "parley.yaml")
        let server = try await workplace.serve("--config", yaml).ready()
        _ = try await server.get("/conversations")

        try workplace.directory.write("log-level: notice\nsynchronous: normal\n", to: "parley.yaml")
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: #""settings":"synchronous""#))
        _ = try await server.get("/conversations")

        try workplace.directory.write("log-level: loud\n", to: "parley.yaml")
        server.parley.send(SIGHUP)
        let refusal = try #require(await server.parley.errors.line(containing: "nothing was reloaded"))
        #expect(refusal.contains(#"parley.yaml:1: log-level is \"loud\"; it has to be "#))
        _ = try await server.get("/conversations")

        try workplace.directory.write("log-level: info\nlock-timeout: 1s\n", to: "parley.yaml")
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: #""settings":"lock-timeout""#))
        _ = try await server.get("/conversations")
        #expect(await server.stop() == 0)
        let log = await server.parley.errors.whole()
        #expect(log.split(separator: "\n").count { $0.contains(#""route":"/conversations""#) } == 2, "\(log)")
        #expect(log.split(separator: "\n").count { $0.contains(#""message":"reloaded","part":"log level""#) } == 2, "\(log)")
    }

    @Test func `SIGHUP reads the tokens again, and keeps those that hold where their file cannot be used`() async throws {
        let file = workplace.directory.file("tokens")
        func status(_ token: String, _ server: RunningServer) async throws -> Int {
            let client = try Client(server.address)
            client.get("/conversations", headers: "Authorization: Bearer \(token)\r\n")
            return try await client.reply().status
        }
        let first = try await makeToken("first", in: file)
        let server = try await workplace.serve("--token-file", file).ready()
        let second = try await makeToken("second", in: file)
        #expect(try await status(first, server) == 200)
        #expect(try await status(second, server) == 401)
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: #""message":"reloaded","part":"tokens""#))
        #expect(try await status(second, server) == 200)
        try workplace.directory.write("nonsense\n", to: "tokens")
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: #""message":"not reloaded: what there was still holds""#))
        #expect(try await status(first, server) == 200)
        #expect(await server.stop() == 0)
    }

    @Test func `SIGHUP takes over tokens and the certificate, for new connections and those that are open`() async throws {
        let (pair, file) = (try await TestCertificate(), workplace.directory.file("tokens"))
        let old = try await makeToken("old", in: file)
        let server = try await workplace.serve("--token-file", file, "--tls-certificate", pair.certificate, "--tls-key", pair.key).ready()
        let open = try Client(server.address, tls: true)
        open.get("/conversations", headers: "Authorization: Bearer \(old)\r\n")
        #expect(try await open.reply().status == 200)

        let new = try await makeToken("new", in: file)
        #expect(try await Parley.run("token", "revoke", "old", "--token-file", file).status == 0)
        try await pair.renew()
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: #""message":"reloaded","part":"certificate""#))
        for (token, status) in [(old, 401), (new, 200)] {
            open.get("/conversations", headers: "Authorization: Bearer \(token)\r\n")
            #expect(try await open.reply().status == status)
        }
        #expect(try Client(server.address, tls: true).serverCertificate != open.serverCertificate)
        open.vanish()
        #expect(await server.stop() == 0)
    }

    @Test func `SIGHUP takes over a certificate whose key has a pass phrase, and reads that from its file again`() async throws {
        let pair = try await TestCertificate()
        try await pair.renew(password: "first")
        let password = workplace.directory.file("password")
        try workplace.directory.write("first\n", to: "password")
        let server = try await workplace.serve(
            "--tls-certificate",
            pair.certificate,
            "--tls-key",
            pair.key,
            environment: ["PARLEY_TLS_KEY_PASSWORD_FILE": password]
        ).ready()
        let old = try Client(server.address, tls: true).serverCertificate

        try await pair.renew(password: "second")
        server.parley.send(SIGHUP)
        let refusal = try #require(await server.parley.errors.line(containing: #""message":"not reloaded: what there was still holds""#))
        #expect(refusal.contains("the pass phrase that is set is not that of the key"))
        #expect(try Client(server.address, tls: true).serverCertificate == old)

        try workplace.directory.write("second\n", to: "password")
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: #""message":"reloaded","part":"certificate""#))
        #expect(try Client(server.address, tls: true).serverCertificate != old)
        #expect(await server.stop() == 0)
        let log = await server.parley.errors.whole()
        #expect(!log.contains("first") && !log.contains("second"), "\(log)")
    }

    private func makeToken(_ name: String, in file: String) async throws -> String {
        let made = try await Parley.run("token", "create", "--name", name, "--scope", "read", "--token-file", file)
        #expect(made.status == 0)
        return String(made.output.prefix { $0 != "\n" })
    }

    @Test func `a signal that comes twice at once is one wish, as GNU timeout sends it`() async throws {
        let server = try await workplace.serve().ready()
        server.parley.send(SIGTERM)
        server.parley.send(SIGINT)
        #expect(await server.parley.exit() == 0)
        #expect(await !server.parley.errors.whole().contains("ended at once"))
    }

    @Test(arguments: [(SIGTERM, SIGINT), (SIGINT, SIGTERM), (SIGTERM, SIGTERM)])
    func `a second signal ends a server at once, and the log says what it has cut`(first: Int32, second: Int32) async throws {
        let server = try await workplace.serve("--shutdown-timeout", "5m").ready()
        let client = try Client(server.address)
        client.send(
            """
            POST /conversations HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
            Expect: 100-continue\r\n\r\n
            """
        )
        #expect(try await client.reply().status == 100)
        server.parley.send(first)
        _ = try #require(await server.parley.errors.line(containing: "stopping"))
        try await Task.sleep(for: .milliseconds(150))
        server.parley.send(second)
        #expect(await server.parley.exit() == 128 + second)
        #expect(await server.parley.errors.whole().contains(#""message":"ended at once by a second signal","requests_cut":1"#))
        #expect(try await workplace.serve().ready().stop() == 0)
    }
}
