import DatabaseTesting
import FoundationEssentials
import Glibc
import HTTP
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ServeTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test func `one command serves a new database, and the next one finds what was written`() async throws {
        let first = try await workplace.serve().ready()
        #expect(try await Client(first.address).post("Hello").status == 201)
        #expect(await first.stop() == 0)
        #expect(try workplace.files() == ["data.db", "data.db.lock"], "what SQLite keeps beside a database is gone after a clean end")
        let second = try await workplace.serve().ready()
        #expect(try await second.get("/conversations").body.contains(#""title":"Hello""#))
        #expect(try await second.get("/migrations").body.contains(#""duration_ms":null,"error":null"#), "nothing is applied twice")
        #expect(await second.stop() == 0)
    }

    @Test func `only a server needs libmicrohttpd, and names the package where it cannot be loaded`() async throws {
        // The dynamic linker takes the first file of the name, and this one is no library.
        try workplace.directory.write("", to: "libmicrohttpd.so.12")
        let broken = ["LD_LIBRARY_PATH": workplace.directory.path]
        #expect(try await Parley(["migrate", "up"] + workplace.options, environment: broken).exit() == 0)
        let server = try Parley(["serve", "--port", "0"] + workplace.options, environment: broken)
        #expect(await server.exit() == 5)
        #expect(await server.errors.whole().contains("Debian's package is libmicrohttpd12"))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends it with 0, and no request is lost`(signal: Int32) async throws {
        let server = try await workplace.serve().ready()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await postUntilClosed(server) } }
            while try await server.get("/conversations?limit=200").body.split(separator: "},{").count < 50 {}
            server.parley.send(signal)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let (status, errors) = (await server.parley.exit(), await server.parley.errors.whole())
        #expect(status == 0, "\(errors.suffix(3000))")
        let again = try await workplace.serve().ready()
        #expect(try await count(again) == counts.reduce(0, +))
        #expect(await again.stop() == 0)
    }

    /// Creates on one connection until the server says that it closes it; each request has to be answered with 201.
    private func postUntilClosed(_ server: RunningServer) async throws -> Int {
        let client = try Client(server.address)
        for number in 1... {
            let reply = try await client.post("\(number)")
            try #require(reply.status == 201)
            if reply["connection"] == "close" { return number }
        }
        return 0
    }

    private func count(_ server: RunningServer) async throws -> Int {
        var (count, target) = (0, "/conversations?limit=200")
        while true {
            let body = try await server.get(target).body
            count += body.matches(of: /"id":/).count
            guard let cursor = body.firstMatch(of: /"next_cursor":"([^"]+)"/)?.output.1 else { return count }
            target = "/conversations?limit=200&cursor=\(cursor)"
        }
    }

    @Test func `each line of the log is a JSON object, from the first to the last`() async throws {
        let server = try await workplace.serve().ready()
        _ = try await Client(server.address).post("Hello")
        _ = try await server.get("/nothing\u{7F}")
        #expect(await server.stop() == 0)
        struct Line: Decodable { let time, level, message: String }
        let lines = try await server.parley.errors.whole().split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        for message in [
            "listening", "there is no database file, so one is made", "migrations planned", "migration applied", "migrations finished",
            "ready", "request", "stopping", "stopped",
        ] {
            #expect(lines.contains { $0.message == message }, "\(message)")
        }
        #expect(await server.parley.errors.whole().contains(#""database":"\#(workplace.database)""#))
        #expect(await server.parley.output.whole().isEmpty)
    }

    @Test func `every setting may stand in the environment`() async throws {
        let environment = [
            "PARLEY_DATABASE": workplace.database, "PARLEY_MIGRATIONS": workplace.migrations, "PARLEY_PORT": "0",
            "PARLEY_HOST": "127.0.0.1",
            "PARLEY_LOG_FORMAT": "text", "PARLEY_LOG_LEVEL": "debug", "PARLEY_SYNCHRONOUS": "normal", "PARLEY_SHUTDOWN_TIMEOUT": "1",
            "PARLEY_ON_MIGRATION_FAILURE": "hold",
        ]
        let server = try await RunningServer(try Parley(["serve"], environment: environment))
        _ = try #require(await server.parley.errors.line(containing: " ready "))
        #expect(await server.stop() == 0)
        #expect(
            await server.parley.errors.whole().contains(" debug   migration started count=1 index=1 migration=001_create_conversations.sql")
        )
    }

    @Test func `a port that is taken is 5, with the address`() async throws {
        let server = try await workplace.serve()
        let other = try Workplace()
        let second = try Parley(["serve", "--port", "\(server.address.port)"] + other.options)
        #expect(await second.exit() == 5)
        #expect(await second.errors.whole().contains("\(server.address) is in use"))
        #expect(try other.files().isEmpty)
        #expect(await server.stop() == 0)
    }

    @Test(arguments: [["--host", "nowhere.invalid"], ["--admin-address", "nowhere.invalid:1"]])
    func `an address that is none is 64, since no restart makes it one`(address: [String]) async throws {
        let parley = try Parley(["serve", "--port", "0"] + address + workplace.options)
        #expect(await parley.exit() == 64)
        #expect(await parley.errors.whole().contains("nowhere.invalid"))
    }

    @Test func `an address that others can reach is refused without tokens, with both ways out`() async throws {
        let parley = try Parley(["serve", "--port", "0", "--host", "0.0.0.0"] + workplace.options)
        #expect(await parley.exit() == 64)
        let errors = await parley.errors.whole()
        #expect(errors.contains("--token-file") && errors.contains("--insecure-no-auth"))
    }

    @Test func `an address that others can reach is warned of`() async throws {
        let server = try await workplace.serve("--host", "0.0.0.0", "--insecure-no-auth").ready()
        #expect(await server.stop() == 0)
        #expect(await server.parley.errors.whole().contains("anyone who can reach this address"))
    }

    @Test func `a second server waits for the first, names it, and takes over`() async throws {
        let first = try await workplace.serve().ready()
        let second = try await workplace.serve()
        let line = try #require(await second.parley.errors.line(containing: "waiting for the database"))
        #expect(line.contains("process \(first.parley.pid)"))
        #expect(try await second.get("/livez").status == 200)
        #expect(try await second.get("/readyz").body.contains("waiting for another process"))
        #expect(try await second.get("/conversations").status == 503)
        #expect(try await second.get("/migrations").body.contains(#""state":"waiting_lock""#))
        #expect(await first.stop() == 0)
        _ = try await second.ready()
        #expect(try await second.get("/conversations").status == 200)
        #expect(await second.stop() == 0)
    }

    @Test func `a server that has waited long enough is 4, and one that is told to stop is 0`() async throws {
        let first = try await workplace.serve().ready()
        let impatient = try Parley(["serve", "--port", "0", "--lock-timeout", "0"] + workplace.options)
        #expect(await impatient.exit() == 4)
        #expect(await impatient.errors.whole().contains("held by process \(first.parley.pid)"))
        let patient = try await workplace.serve()
        _ = try #require(await patient.parley.errors.line(containing: "waiting for the database"))
        #expect(await patient.stop() == 0)
        #expect(await first.stop() == 0)
    }
}
