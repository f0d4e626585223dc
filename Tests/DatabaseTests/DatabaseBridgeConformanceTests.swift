import Database
import DatabaseTesting
import Testing

@Suite struct DatabaseBridgeConformanceTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: ConformanceCheck.all)
    func `a file conforms to the seam`(_ check: ConformanceCheck) async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("test.db"))))
        try await check.run(database)
        try await database.close()
    }

    @Test(arguments: ConformanceCheck.all)
    func `a file with a rollback journal conforms to the seam`(_ check: ConformanceCheck) async throws {
        let configuration = SQLiteConfiguration(location: .file(directory.file("test.db")), journal: .rollback)
        let database = try await SQLiteDatabase.open(configuration)
        try await check.run(database)
        try await database.close()
    }

    @Test(arguments: ConformanceCheck.all)
    func `memory conforms to the seam`(_ check: ConformanceCheck) async throws {
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory))
        try await check.run(database)
        try await database.close()
    }

    @Test(arguments: ConformanceCheck.all)
    func `the fault-injecting bridge is transparent without faults`(_ check: ConformanceCheck) async throws {
        let database = FaultInjectingBridge(try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory)))
        try await check.run(database)
        try await database.close()
    }
}
