import DatabaseTesting
import Glibc
import HTTPTesting
import Testing

/// What systemd hears of `parley serve`, by sd_notify(3).
@Suite(.timeLimit(.minutes(1))) struct ServiceManagerTests {
    private let workplace: Workplace
    private let manager: TestManager

    init() throws {
        workplace = try Workplace()
        manager = try TestManager(workplace.directory.file("notify"))
    }

    private var environment: [String: String] { ["NOTIFY_SOCKET": manager.name] }

    @Test func `it hears that the server is ready once the migrations are done, and that it stops`() async throws {
        try workplace.write("CREATE TABLE t (x);", to: "002_t.sql")
        let server = try await workplace.serve("--shutdown-timeout", "5s", environment: environment).ready()
        let start = await manager.messages(upTo: "READY=1")
        #expect(start.contains(["EXTEND_TIMEOUT_USEC=30000000"]), "\(start)")
        #expect(start.contains(["STATUS=migrating 2 of 2 (002_t.sql)"]), "\(start)")
        #expect(start.last == ["READY=1", "STATUS=serving, 2 migrations applied"])
        #expect(await server.stop() == 0)
        #expect(
            await manager.messages(upTo: "STOPPING=1") == [
                ["STOPPING=1", "STATUS=stopping, requests under way: 0", "EXTEND_TIMEOUT_USEC=20000000"]
            ]
        )
    }

    @Test func `while migrations run it hears which one, and nothing of ready; then that the server stops`() async throws {
        try workplace.write("CREATE TABLE t (x);\n" + Workplace.endless, to: "002_t.sql")
        let server = try await workplace.serve(environment: environment)
        _ = await manager.messages(upTo: "STATUS=migrating 2 of 2 (002_t.sql)")
        #expect(try await server.get("/livez").status == 200)
        server.parley.send(SIGHUP)
        _ = try #require(await server.parley.errors.line(containing: "reloaded"))
        #expect(await server.stop() == 0)
        let rest = await manager.messages(upTo: "STOPPING=1")
        #expect(rest.last?.contains("STOPPING=1") == true && !rest.joined().contains("READY=1"), "\(rest)")
    }

    @Test func `a migration that fails is its last word; held, it is where the start ends`() async throws {
        try workplace.write("SELECT titel;", to: "002_broken.sql")
        let parley = try Parley(["serve", "--port", "0"] + workplace.options, environment: environment)
        #expect(await parley.exit() == 3)
        let failure = "STATUS=migration failed: statement-failed (002_broken.sql)"
        #expect(await !manager.messages(upTo: failure).joined().contains("READY=1"))
        let held = try await workplace.serve("--on-migration-failure", "hold", environment: environment)
        let ready = await manager.messages(upTo: "READY=1").last
        #expect(ready == ["READY=1", "STATUS=held, unready: migration failed: statement-failed"])
        #expect(try await held.get("/readyz").status == 503)
        #expect(await held.stop() == 0)
    }

    @Test func `a reload is told with its time, and its end`() async throws {
        let server = try await workplace.serve(environment: environment).ready()
        _ = await manager.messages(upTo: "READY=1")
        server.parley.send(SIGHUP)
        let reload = await manager.next()
        #expect(reload[0] == "RELOADING=1" && reload[1].hasPrefix("MONOTONIC_USEC=") && reload[2] == "STATUS=reloading", "\(reload)")
        #expect(await manager.next() == ["READY=1", "STATUS=serving, 1 migration applied"])
        #expect(await server.stop() == 0)
    }

    @Test func `its watchdog is fed for as long as the server serves`() async throws {
        let server = try await workplace.serve(environment: environment.merging(["WATCHDOG_USEC": "20000"]) { $1 }).ready()
        _ = await manager.messages(upTo: "READY=1")
        for _ in 0..<3 { #expect(await manager.next() == ["WATCHDOG=1"]) }
        #expect(try await server.get("/readyz").status == 200)
        #expect(await server.stop() == 0)
        #expect(await manager.messages(upTo: "STOPPING=1").last?.first == "STOPPING=1")
    }

    @Test func `a watchdog that is meant for another process is not fed`() async throws {
        let watchdog = ["WATCHDOG_USEC": "20", "WATCHDOG_PID": "1"]
        let server = try await workplace.serve(environment: environment.merging(watchdog) { $1 }).ready()
        for _ in 0..<20 { #expect(try await server.get("/readyz").status == 200) }
        #expect(await server.stop() == 0)
        #expect(await !manager.messages(upTo: "STOPPING=1").contains(["WATCHDOG=1"]))
    }

    @Test func `a manager may have a name that is in no file system`() async throws {
        let manager = try TestManager("@\(workplace.directory.path)")
        let server = try await workplace.serve(environment: ["NOTIFY_SOCKET": manager.name])
        #expect(await manager.messages(upTo: "READY=1").last?.first == "READY=1")
        #expect(await server.stop() == 0)
    }

    @Test(arguments: ["/nowhere/notify", "/dev/null", "relative", "@", "", String(repeating: "/x", count: 60)])
    func `one that is not there is no reason not to serve`(name: String) async throws {
        let server = try await workplace.serve(environment: ["NOTIFY_SOCKET": name]).ready()
        #expect(await server.stop() == 0)
    }
}
