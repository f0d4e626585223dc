import Conversations
import Database
import HTTP
import HTTPTypes
import Testing

@testable import Migrations
@testable import ParleyServer

/// Events go in, a document comes out: nothing is read or run.
@Suite struct MigrationProgressTests {
    private var progress = MigrationProgress()
    private let start = Timestamp(milliseconds: 1_700_000_000_123)
    private let end = Timestamp(milliseconds: 1_700_000_005_456)
    private let files = (1...3).map { MigrationFile(filename: "00\($0)_m\($0).sql", order: $0, directory: "/m") }

    private func plan(applied: Int = 0, files: Int = 3) -> MigrationPlan {
        MigrationPlan(
            files: self.files.prefix(files).map { MigrationPlan.File(file: $0, checksum: "sha256:\($0.order)") },
            applied: self.files.prefix(applied).map {
                AppliedMigration(id: $0.order, filename: $0.filename, checksum: "sha256:\($0.order)", appliedAt: "2026-11-21 07:58:05")
            },
            options: MigrationOptions()
        )
    }

    private mutating func record(_ events: MigrationEvent..., at time: Timestamp? = nil) {
        for event in events { progress.record(event, at: time ?? start) }
    }

    private var states: [String] { progress.items.map(\.status.rawValue) }

    @Test func `before anything happens it is starting`() {
        #expect(progress.state == .starting && progress.summary == "starting" && progress.items.isEmpty)
        #expect(progress.currentVersion == nil && progress.targetVersion == nil && progress.startedAt == nil)
    }

    @Test mutating func `a plan lists every file, and what was applied before with its time`() {
        record(.planned(plan(applied: 1)))
        #expect(progress.state == .running && progress.summary == "checking migrations" && progress.startedAt == start)
        #expect(states == ["applied", "pending", "pending"])
        #expect(progress.items[0].appliedAt == "2026-11-21T07:58:05.000Z" && progress.items[0].duration == nil)
        #expect(progress.currentVersion == "001" && progress.targetVersion == "003")
        #expect(progress.items.map(\.name) == ["m1", "m2", "m3"] && progress.items.map(\.version) == ["001", "002", "003"])
    }

    @Test mutating func `while files run it counts the pending ones`() {
        record(.planned(plan(applied: 1)), .started(files[1], index: 1, count: 2), .statement(files[1], number: 3), .orphansFound([:]))
        #expect(progress.summary == "migrating 1 of 2" && states == ["applied", "running", "pending"])
        record(
            .applied(AppliedFile(filename: "002_m2.sql", appliedAt: "2026-11-21 07:58:05", duration: .milliseconds(12), statements: 3)),
            at: end
        )
        record(.started(files[2], index: 2, count: 2))
        #expect(progress.summary == "migrating 2 of 2" && states == ["applied", "applied", "running"])
        #expect(progress.items[1].appliedAt == "2026-11-21T07:58:05.000Z" && progress.items[1].duration == .milliseconds(12))
        #expect(progress.currentVersion == "002")
    }

    @Test mutating func `a wait for another process is told, and ends`() {
        progress.wait()
        #expect(progress.state == .waitingLock && progress.summary.hasPrefix("waiting"))
        record(.planned(plan()), .waitingForLock)
        #expect(progress.state == .waitingLock)
        record(.started(files[0], index: 1, count: 3))
        #expect(progress.state == .running && progress.summary == "migrating 1 of 3")
    }

    @Test mutating func `the backup before a run is told, and ends`() {
        record(.planned(plan(applied: 1)), .backingUp)
        #expect(progress.state == .backingUp && progress.state.rawValue == "backing_up" && progress.summary.contains("backup"))
        record(.backedUp(path: "/data/backup", bytes: 4096, duration: .seconds(1)))
        #expect(progress.state == .running && progress.summary == "checking migrations")
    }

    @Test mutating func `a file that another process has applied is applied`() {
        record(.planned(plan()), .started(files[0], index: 1, count: 3), .appliedElsewhere(files[0]))
        #expect(states == ["applied", "pending", "pending"] && progress.items[0].duration == nil)
    }

    @Test mutating func `a run that reached its end has times`() {
        record(.planned(plan(applied: 3)))
        record(.finished(MigrationExecutionResult(applied: [], alreadyApplied: 3, duration: .milliseconds(41))), at: end)
        #expect(progress.state == .applied && progress.finishedAt == end && progress.duration == .milliseconds(41))
        #expect(progress.summary == "3 migrations applied" && progress.position == nil)
    }

    @Test mutating func `a failure marks its file, and the later ones as skipped`() {
        let error = MigrationError(.statementFailed, .apply, filename: "002_m2.sql", "no such table: x", recovery: "correct it")
        record(.planned(plan(applied: 1)), .started(files[1], index: 1, count: 2))
        record(.failed(MigrationFailure([error])), at: end)
        #expect(progress.state == .failed && states == ["applied", "failed", "skipped"] && progress.finishedAt == end)
        #expect(progress.items[1].error == error && progress.errors == [error] && progress.items[1].appliedAt == nil)
        #expect(progress.summary == "migration failed: statement-failed")
    }

    @Test mutating func `a failure before any plan has its reason and no items`() {
        let error = MigrationError(.directoryUnreadable, .discover, "cannot be read", recovery: "name another")
        record(.failed(MigrationFailure([error])))
        #expect(progress.state == .failed && progress.items.isEmpty && progress.errors.map(\.code) == [.directoryUnreadable])
    }

    @Test mutating func `a database that is newer than the files is schema ahead`() {
        let ahead = MigrationPlan(
            files: [],
            applied: [AppliedMigration(id: 1, filename: "009_x.sql", checksum: nil, appliedAt: "2026-11-21 07:58:05")],
            options: MigrationOptions()
        )
        record(.planned(ahead), .failed(MigrationFailure(ahead.errors)))
        #expect(progress.state == .schemaAhead && progress.isSchemaAhead && progress.summary == "the database is newer than this release")
    }

    @Test(arguments: [
        (0, "pending", "3 migrations pending"), (2, "pending", "1 migration pending"), (3, "applied", "3 migrations applied"),
    ])
    func `a look without a run tells what is pending`(applied: Int, state: String, summary: String) {
        let progress = MigrationProgress(lookingAt: plan(applied: applied))
        #expect(progress.state.rawValue == state && progress.summary == summary && progress.startedAt == nil)
    }

    @Test mutating func `the document has what the contract says`() throws {
        record(.planned(plan(applied: 1)), .started(files[1], index: 1, count: 2))
        let document = try Response(status: .ok, body: progress.document).decoded(as: MigrationsDocument.self)
        #expect(document.state == "running" && document.counts == .init(applied: 1, pending: 2, failed: 0))
        #expect(document.startedAt == start.description && document.finishedAt == nil && document.durationMs == nil)
        #expect(document.data.map(\.state) == ["applied", "running", "pending"] && document.errors.isEmpty)
    }

    @Test(arguments: [
        MigrationError.Code.backupFailed, .databaseBusy, .databaseFailed, .directoryUnreadable, .fileUnreadable, .storageFull,
    ])
    mutating func `no path of this machine is shown to strangers`(code: MigrationError.Code) {
        let error = MigrationError(code, .backUp, "no room at /srv/parley/parley.db", recovery: "empty /srv/parley")
        record(.failed(MigrationFailure([error])), at: end)
        let document = String(decoding: progress.document, as: UTF8.self)
        #expect(!document.contains("/") && document.contains(code.rawValue), "\(document)")
    }
}
