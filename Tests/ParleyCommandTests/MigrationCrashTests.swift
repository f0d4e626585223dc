import Database
import DatabaseTesting
import Glibc
import Migrations
import Testing

/// Processes that end in the middle of a run, on the write-ahead log and on a rollback journal. Whatever has happened, the database is as it
/// is after a number of whole files, and the next run continues from there to the same end.
@Suite(.timeLimit(.minutes(3))) struct MigrationCrashTests {
    typealias Journal = CrashSite.Journal
    let site: CrashSite

    init() throws { site = try CrashSite() }

    @Test(arguments: Journal.allCases)
    func `a kill at any statement or commit leaves exactly the files that were committed`(_ journal: Journal) async throws {
        let (events, prefixes) = (try await site.events(journal), try await site.prefixes())
        #expect(events.count == 23)
        for moment in 1...events.count {
            let path = site.directory.file("killed-\(moment).db")
            let process = try site.process(journal, on: path, "kill-at=\(moment)")
            #expect(await process.exit() == 128 + SIGKILL)
            let committed = events.prefix(moment).count { $0 == "applied" }
            let count = try await site.survey(journal, at: path, against: prefixes, "killed at event \(moment)")
            #expect(count == committed, "killed at event \(moment)")
        }
    }

    /// The write that reaches the limit is cut short, and the next one kills: the torn end of a statement, which may be any statement's.
    @Test(arguments: Journal.allCases, CrashSite.deadlyLimits)
    func `a kill in the middle of a write leaves whole files`(_ journal: Journal, _ bytes: Int) async throws {
        let process = try site.process(journal, "file-limit=\(bytes)", "at-limit=die")
        #expect(await process.exit() == 128 + SIGXFSZ)
        try await site.survey(journal, against: try await site.prefixes(), "killed at \(bytes) bytes")
    }

    @Test(arguments: Journal.allCases, CrashSite.limits)
    func `a file that may not grow stops the run with a reason, and it continues once there is room`(
        _ journal: Journal,
        _ bytes: Int
    ) async throws {
        let process = try site.process(journal, "file-limit=\(bytes)")
        #expect([2, 3].contains(await process.exit()))
        #expect(await process.output.whole() == "storage-full\n")
        try await site.survey(journal, against: try await site.prefixes(), "full at \(bytes) bytes")
    }

    @Test func `the command says what is full, what it has kept, and what to do, and goes on once there is room`() async throws {
        let command = "ulimit -f 4000 && exec '\(Parley.path(of: "parley"))' migrate up \(site.options)"
        let process = try Parley(["-c", command], program: "/bin/sh")
        #expect(await process.exit() == 3)
        let errors = await process.errors.whole()
        #expect(errors.contains("003_pages.sql:") && errors.contains("(ulimit -f)") && errors.contains("[storage-full]"), "\(errors)")
        #expect(errors.contains("next: free some space and run again"), "\(errors)")
        #expect(errors.contains("Applied by this run, and kept: 001_accounts.sql, 002_interest.sql."), "\(errors)")
        try await site.survey(.writeAheadLog, against: try await site.prefixes(), "the command, full")
    }

    @Test(.enabled("it takes the right to mount a small disk", { try await FullDisk.canBeMade() }), arguments: Journal.allCases)
    func `a full disk stops the run with a reason, and it continues once there is room`(_ journal: Journal) async throws {
        let process = try FullDisk.process(site, journal, kilobytes: 1500)
        #expect(await process.exit() == 3)
        #expect(await process.output.whole() == "storage-full\n")
        #expect(try await site.survey(journal, against: try await site.prefixes(), "full disk") == 2)
    }

    /// The unfinished transaction is still in the file; only a connection that may write can take it back, and a plan is made by one that reads.
    @Test(arguments: Journal.allCases)
    func `a database that was open before the kill goes on as well`(_ journal: Journal) async throws {
        let database = try await site.open(journal)
        let process = try site.process(journal, "file-limit=2500000", "at-limit=die")
        #expect(await process.exit() == 128 + SIGXFSZ)
        #expect(try await site.service(on: database).plan().pending.count == 3)
        #expect(try await site.service(on: database).runMigrations().applied.count == 3)
        try await database.close()
        try await site.survey(journal, against: try await site.prefixes(), "open before the kill")
    }

    @Test(arguments: Journal.allCases)
    func `SIGTERM inside a statement takes its file back`(_ journal: Journal) async throws {
        let prefixes = try await site.prefixes()
        let process = try site.process(journal, "stop-at=\(try site.addEndlessStatement())")
        #expect(await process.exit() == 3)
        #expect(await process.output.whole() == "cancelled\n")
        try site.removeEndlessStatement()
        #expect(try await site.survey(journal, against: prefixes, "SIGTERM") == 2)
    }

    @Test(arguments: Journal.allCases)
    func `a run out of time takes its file back`(_ journal: Journal) async throws {
        let prefixes = try await site.prefixes()
        _ = try site.addEndlessStatement()
        let process = try site.process(journal, "timeout-ms=700")
        #expect(await process.exit() == 3)
        #expect(await process.output.whole() == "timed-out\n")
        try site.removeEndlessStatement()
        // On a slow machine the time may be over earlier.
        #expect(try await site.survey(journal, against: prefixes, "timeout") <= 2)
    }

    /// Permissions do not bind root, so as root the process becomes nobody.
    @Test(arguments: Journal.allCases, [(file: mode_t(0o444), directory: mode_t(0o777)), (file: 0o666, directory: 0o555)])
    func `a file or a directory that may not be written changes nothing`(
        _ journal: Journal,
        _ modes: (file: mode_t, directory: mode_t)
    ) async throws {
        let (prefixes, later) = (try await site.prefixes(), ["003_pages.sql", "004_rewrite.sql", "005_total.sql"])
        try site.remove(later)
        #expect(await (try site.process(journal)).exit() == 0)
        try site.add(later)
        unsafe chmod(site.database, modes.file)
        unsafe chmod(site.directory.path, modes.directory)
        let process = try site.process(journal, "user=65534")
        #expect([2, 3].contains(await process.exit()))
        let errors = await process.errors.whole()
        #expect(errors.contains("readOnly"), "\(errors)")
        unsafe chmod(site.directory.path, 0o755)
        unsafe chmod(site.database, 0o644)
        #expect(try await site.survey(journal, against: prefixes, "not writable") == 2)
    }
}
