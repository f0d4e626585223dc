import Glibc
import HTTP
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthcheckTests {
    private func check(_ address: SocketAddress, _ probe: String...) async throws -> (status: Int32, output: String, errors: String) {
        let parley = try Parley(["healthcheck", "--host", address.host, "--port", "\(address.port)"] + probe)
        return (await parley.exit(), await parley.output.whole(), await parley.errors.whole())
    }

    @Test func `a server that serves passes every probe`() async throws {
        let server = try await Workplace().serve().ready()
        for probe in ["--live", "--ready", "--startup"] {
            let result = try await check(server.address, probe)
            #expect(result.status == 0 && result.output.contains(#""status":"pass""#), "\(probe) \(result)")
        }
        #expect(try await check(server.address).output.contains("migrations:state"), "ready is what is asked unless said")
        #expect(await server.stop() == 0)
    }

    @Test func `a server that is held passes live only`() async throws {
        let workplace = try Workplace()
        try workplace.write("SELECT nothing;", to: "002_broken.sql")
        let server = try await workplace.serve("--on-migration-failure", "hold")
        _ = try #require(await server.parley.errors.line(containing: "held: "))
        #expect(try await check(server.address, "--live").status == 0)
        #expect(try await check(server.address, "--startup").status == 1)
        let ready = try await check(server.address, "--ready")
        #expect(ready.status == 1 && ready.output.contains("migration failed: statement-failed"))
        #expect(await server.stop() == 0)
    }

    @Test func `where nothing listens it is 1, and says so`() async throws {
        let server = try await Workplace().serve()
        let address = server.address
        #expect(await server.stop() == 0)
        let result = try await check(address)
        #expect(result.status == 1 && result.errors.hasPrefix("error: \(address) does not answer"), "\(result)")
    }

    @Test func `a server on every address is asked through the loopback`() async throws {
        let server = try await Workplace().serve("--host", "0.0.0.0", "--insecure-no-auth").ready()
        #expect(try await check(SocketAddress(host: "0.0.0.0", port: server.address.port)).status == 0)
        #expect(await server.stop() == 0)
    }

    @Test func `a server that speaks HTTPS is asked over TLS`() async throws {
        let pair = try await TestCertificate()
        let server = try await Workplace().serve("--tls-certificate", pair.certificate, "--tls-key", pair.key).ready()
        let result = try await check(server.address, "--tls-certificate", pair.certificate)
        #expect(result.status == 0 && result.output.contains(#""status":"pass""#), "\(result)")
        #expect(try await check(server.address).status == 1, "without TLS there is no answer")
        #expect(await server.stop() == 0)
    }

    @Test func `a server on IPv6 is asked there`() async throws {
        let server = try await Workplace().serve("--host", "::1").ready()
        #expect(try await check(SocketAddress(host: "::1", port: server.address.port)).status == 0)
        #expect(await server.stop() == 0)
    }
}
