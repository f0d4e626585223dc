import Database
import Glibc
import HTTPTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct DurabilityTests {
    /// The identifiers of conversations that the server has said it has.
    private final class Acknowledged: Sendable {
        private let ids = Mutex<[String]>([])
        var all: [String] { ids.withLock { $0 } }

        func add(_ id: String) -> Int {
            ids.withLock { ids in
                ids.append(id)
                return ids.count
            }
        }
    }

    @Test func `kill -9 under a load of creates loses nothing that was acknowledged`() async throws {
        let workplace = try Workplace()
        let acknowledged = Acknowledged()
        for round in 1...3 {
            let server = try await workplace.serve().ready()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await create(on: server, acknowledged, killingAt: round * 100) } }
            }
            #expect(await server.parley.exit() == 128 + SIGKILL)
            try await check(workplace, acknowledged.all)
        }
        #expect(acknowledged.all.count >= 300)
    }

    /// Creates until the server is gone, which it is when so many are there.
    private func create(on server: RunningServer, _ acknowledged: Acknowledged, killingAt limit: Int) async {
        guard let client = try? Client(server.address) else { return }
        while let reply = try? await client.post("load"), reply.status == 201 {
            guard let id = reply.body.firstMatch(of: /"id":"([^"]+)"/)?.output.1 else { return }
            if acknowledged.add(String(id)) == limit { server.parley.send(SIGKILL) }
        }
    }

    private func check(_ workplace: Workplace, _ ids: [String]) async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(workplace.database)))
        let stored = Set(try await database.query("SELECT id FROM conversations") { $0.text(0) })
        #expect(ids.filter { !stored.contains($0) }.isEmpty)
        #expect(try await database.query("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
        try await database.close()
    }

    @Test func `kill -9 in the middle of a migration leaves whole files behind`() async throws {
        let workplace = try Workplace()
        try workplace.write("CREATE TABLE half (x); INSERT INTO half VALUES (1);\n\(Workplace.endless)", to: "002_long.sql")
        let server = try await workplace.serve("--log-level", "debug")
        _ = try #require(await server.parley.errors.line(containing: #""migration":"002_long.sql""#))
        server.parley.send(SIGKILL)
        #expect(await server.parley.exit() == 128 + SIGKILL)
        try workplace.write("CREATE TABLE half (x);", to: "002_long.sql")
        let again = try await workplace.serve().ready()
        #expect(try await again.get("/migrations").body.contains(#""counts":{"applied":2,"pending":0,"failed":0}"#))
        #expect(await again.stop() == 0)
    }

    @Test func `a reader of the log that goes away does not take the server with it`() async throws {
        let workplace = try Workplace()
        let server = try await workplace.serve().ready()
        server.parley.errors.stopReading()
        for number in 0..<5 { #expect(try await Client(server.address).post("\(number)").status == 201) }
        #expect(await server.stop() == 0)
    }
}
