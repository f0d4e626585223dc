import FoundationEssentials
import Glibc
import HTTP
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct AdminAddressTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    /// Where health and metrics are, as the log says.
    private func adminAddress(of server: RunningServer) async throws -> SocketAddress {
        let line = try #require(await server.parley.errors.line(containing: "serving health and metrics"))
        let port = try #require(line.firstMatch(of: /"port":(\d+)/)?.output.1)
        return SocketAddress(host: "127.0.0.1", port: try #require(UInt16(port)))
    }

    private func get(_ address: SocketAddress, _ target: String) async throws -> Reply {
        let client = try Client(address)
        client.get(target)
        return try await client.reply()
    }

    @Test func `health and metrics are there and nowhere else`() async throws {
        let server = try await workplace.serve("--admin-address", "127.0.0.1:0").ready()
        let admin = try await adminAddress(of: server)
        for target in ["/livez", "/healthz", "/startupz", "/readyz", "/health", "/readyz/disk", "/metrics"] {
            #expect(try await get(admin, target).status == 200, "\(target)")
            #expect(try await server.get(target).status == 404, "\(target)")
        }
        #expect(try await get(admin, "/conversations").status == 404)
        #expect(try await server.get("/conversations").status == 200)
        let page = try await get(admin, "/metrics").body
        #expect(page.contains(#"_count{method="GET",route="/conversations",status="200"} 1"#))
        #expect(await server.stop() == 0)
    }

    @Test func `the health check asks there`() async throws {
        let server = try await workplace.serve("--admin-address", "127.0.0.1:0").ready()
        let admin = try await adminAddress(of: server)
        let clients = ["healthcheck", "--host", server.address.host, "--port", "\(server.address.port)"]
        #expect(try await Parley(clients).exit() == 1)
        #expect(try await Parley(clients + ["--admin-address", "\(admin)"]).exit() == 0)
        #expect(try await Parley(clients, environment: ["PARLEY_ADMIN_ADDRESS": "\(admin)"]).exit() == 0)
        #expect(await server.stop() == 0)
    }

    @Test func `an address that is taken is 5, and nothing listens`() async throws {
        let first = try await workplace.serve()
        let other = try Workplace()
        let second = try Parley(["serve", "--port", "0", "--admin-address", "\(first.address)"] + other.options)
        #expect(await second.exit() == 5)
        #expect(await second.errors.whole().contains("\(first.address) is in use"))
        #expect(await first.stop() == 0)
    }

    @Test func `a database that is removed under a running server is not written any more, and readiness fails`() async throws {
        let server = try await workplace.serve().ready()
        #expect(try await Client(server.address).post("kept").status == 201)
        try FileManager.default.moveItem(atPath: workplace.database, toPath: workplace.database + ".away")
        let refused = try await Client(server.address).post("lost")
        #expect(refused.status == 503 && refused.body.contains("database-unavailable") && !refused.body.contains(workplace.database))
        let ready = try await server.get("/readyz?verbose")
        #expect(ready.status == 503 && ready.body.contains("[-]files failed: a file of the database was moved or replaced"))
        #expect(try await server.get("/livez").status == 200)
        #expect(try await server.get("/metrics").body.contains("parley_sqlite_files_in_place 0"))
        try FileManager.default.moveItem(atPath: workplace.database + ".away", toPath: workplace.database)
        #expect(try await Client(server.address).post("found").status == 201)
        #expect(try await server.get("/readyz").status == 200)
        #expect(await server.stop() == 0)
    }
}
