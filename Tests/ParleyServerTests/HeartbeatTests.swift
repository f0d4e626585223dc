import Database
import DatabaseTesting
import HTTP
import HTTPTesting
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite(.timeLimit(.minutes(1))) struct HeartbeatTests {
    private let directory: TemporaryDirectory
    private let listener: TestManager
    private let manager: ServiceManager

    init() throws {
        directory = try TemporaryDirectory()
        listener = try TestManager(directory.file("notify"))
        let environment = ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": "7"]
        manager = try #require(ServiceManager(environment: environment, pid: 7))
    }

    /// That nothing comes between fifty messages of another kind.
    private func expectSilence() async {
        for number in 1...50 {
            manager.tell("X_NUMBER=\(number)")
            #expect(await listener.next() == ["X_NUMBER=\(number)"])
        }
    }

    @Test func `a writer that hangs keeps the watchdog from being fed, and one that goes on feeds it`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        let (started, end) = (Gate(), Gate())
        async let hanging: Void = database.write { _ in
            started.open()
            end.waitUntilOpen()
        }
        await started.opened()
        async let waiting: Void = database.write { _ in }
        while database.statistics.queuedWrites == 0 { await Task.yield() }
        let watchdog = Heartbeat(manager: manager, servers: []).feedingWatchdog(database)
        await expectSilence()
        end.open()
        _ = try await (hanging, waiting)
        #expect(await listener.next() == ["WATCHDOG=1"])
        watchdog?.cancel()
        await watchdog?.value
        try await database.close()
    }

    @Test func `a transaction that is long and gets on feeds it, though writes wait for its end`() async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        let (started, end) = (Gate(), Gate())
        async let long: Void = database.write { session in
            started.open()
            while !end.isOpen { _ = try session.execute("SELECT 1") }
        }
        await started.opened()
        async let waiting: Void = database.write { _ in }
        while database.statistics.queuedWrites == 0 { await Task.yield() }
        let watchdog = Heartbeat(manager: manager, servers: []).feedingWatchdog(database)
        for _ in 1...3 { #expect(await listener.next() == ["WATCHDOG=1"]) }
        end.open()
        _ = try await (long, waiting)
        watchdog?.cancel()
        await watchdog?.value
        try await database.close()
    }

    @Test func `a loop that hangs keeps it from being fed`() async throws {
        let responder = HangingResponder()
        var configuration = Server.Configuration()
        (configuration.port, configuration.loops) = (0, 1)
        let server = Server(configuration: configuration, responder: responder)
        try server.start()
        let client = try Client(server.address)
        client.get("/")
        await responder.started.opened()
        let watchdog = Heartbeat(manager: manager, servers: [server]).feedingWatchdog(nil)
        await expectSilence()
        responder.end.open()
        #expect(await listener.next() == ["WATCHDOG=1"])
        watchdog?.cancel()
        await server.drain(timeout: .seconds(5))
    }

    @Test(arguments: [
        ["WATCHDOG_USEC": "x"], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "-1"], [:], ["WATCHDOG_USEC": "1", "WATCHDOG_PID": "8"],
    ])
    func `without a time, or with one for another process, there is no watchdog`(variables: [String: String]) throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": listener.name].merging(variables) { $1 }, pid: 7))
        #expect(manager.watchdogTimeout == nil)
    }
}

/// Takes its loop's thread, and keeps it.
private struct HangingResponder: Responder {
    let started = Gate()
    let end = Gate()

    func bodyMode(of request: Request) -> BodyMode { .buffered }

    func respond(to request: Request) async -> Response {
        started.open()
        end.waitUntilOpen()
        return Response(status: .ok)
    }
}
