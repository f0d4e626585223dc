import Database
import DatabaseTesting
import Testing

@Suite struct ScanTests {
    let directory: TemporaryDirectory
    let database: SQLiteDatabase

    init() async throws {
        directory = try TemporaryDirectory()
        database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db"))))
        try await database.execute("CREATE TABLE note (text TEXT)")
    }

    @Test func `reads and writes go on beside scans that stand still`() async throws {
        let goOn = Gate()
        let scans = await standingScans(2, until: goOn)
        try await database.execute("INSERT INTO note VALUES ('x')")
        #expect(try await database.query("SELECT count(*) FROM note") { $0.integer(0) } == [1])
        goOn.open()
        for scan in scans { #expect(try await scan.value == [0, 0]) }
    }

    @Test func `a scan that waits for its turn until its time is over never runs`() async throws {
        let goOn = Gate()
        let scans = await standingScans(2, until: goOn)
        let late = Task { try await database.scan(timeout: .zero) { _ in Issue.record("it ran") } }
        goOn.open()
        for scan in scans { _ = try await scan.value }
        await #expect(throws: DatabaseError.self) { try await late.value }
    }

    @Test func `a scan that cannot be done in its time is refused while others run`() async throws {
        let goOn = Gate()
        let scans = await standingScans(2, until: goOn)
        let error = await #expect(throws: DatabaseError.self) { try await database.scan(timeout: .zero) { _ in Issue.record("it ran") } }
        #expect(error?.code == .timedOut)
        goOn.open()
        for scan in scans { _ = try await scan.value }
    }

    @Test func `a database is closed after scans that were under way`() async throws {
        let goOn = Gate()
        let scans = await standingScans(2, until: goOn)
        async let closing: Void = database.close()
        goOn.open()
        try await closing
        for scan in scans { #expect(try await scan.value == [0, 0]) }
    }

    /// Scans that count, wait for `gate`, and count again; returns when all of them have begun.
    private func standingScans(_ count: Int, until gate: Gate) async -> [Task<[Int], any Error>] {
        var scans: [Task<[Int], any Error>] = []
        for _ in 0..<count {
            let (database, hasBegun) = (database, Gate())
            scans.append(
                Task {
                    try await database.scan(timeout: nil) { session in
                        let before = try session.rows("SELECT count(*) FROM note") { $0.integer(0) }
                        hasBegun.open()
                        gate.waitUntilOpen()
                        return try before + session.rows("SELECT count(*) FROM note") { $0.integer(0) }
                    }
                }
            )
            await hasBegun.opened()
        }
        return scans
    }
}
