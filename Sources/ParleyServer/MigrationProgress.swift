import Conversations
import Migrations

/// How far the migrations are: the state behind `/migrations`. A value: events go in, a document comes out, nothing is read or run.
struct MigrationProgress: Sendable {
    enum RunState: String, Sendable, CaseIterable {
        case starting
        case waitingLock = "waiting_lock"
        case backingUp = "backing_up"
        case running
        case applied
        case failed
        case schemaAhead = "schema_ahead"
        /// Of a look at a database that no run is under way for: some are pending.
        case pending
    }

    struct Item: Sendable {
        let version: String
        let name: String
        let filename: String
        var status: MigrationStatus
        let checksum: String?
        /// RFC 3339, to the second, which is what the record keeps.
        var appliedAt: String?
        /// Nil unless this run applied it.
        var duration: Duration?
        var error: MigrationError?

    }

    private(set) var state = RunState.starting
    private(set) var items: [Item] = []
    private(set) var isSchemaAhead = false
    /// What stopped the run, items or not.
    private(set) var errors: [MigrationError] = []
    private(set) var startedAt: Timestamp?
    private(set) var finishedAt: Timestamp?
    private(set) var duration: Duration?
    /// Which of how many pending files is running, from 1.
    private(set) var position: (index: Int, count: Int)?

    mutating func record(_ event: MigrationEvent, at time: Timestamp) {
        switch event {
        case .planned(let plan):
            startedAt = startedAt ?? time
            take(plan)
            state = .running
        case .waitingForLock: state = .waitingLock
        case .backingUp: state = .backingUp
        case .backedUp: state = .running
        case .orphansFound, .statement: break
        case .started(let file, let index, let count):
            state = .running
            position = (index, count)
            change(file.filename) { $0.status = .running }
        case .applied(let file): change(file.filename) { $0.apply(at: Self.rfc3339(file.appliedAt), file.duration) }
        case .appliedElsewhere(let file): change(file.filename) { $0.apply(at: time.description.prefix(19) + ".000Z", nil) }
        case .finished(let result): finish(.applied, at: time, result.duration)
        case .failed(let failure): fail(failure, at: time)
        }
    }

    mutating func wait() {
        state = .waitingLock
    }

    private mutating func take(_ plan: MigrationPlan) {
        isSchemaAhead = plan.isSchemaAhead
        items = plan.entries.map { entry in
            Item(
                version: entry.version,
                name: entry.name,
                filename: entry.filename,
                status: entry.status,
                checksum: entry.checksum,
                appliedAt: entry.appliedAt.map(Self.rfc3339)
            )
        }
    }

    private mutating func finish(_ state: RunState, at time: Timestamp, _ duration: Duration?) {
        self.state = state
        finishedAt = time
        self.duration = duration
        position = nil
    }

    private mutating func fail(_ failure: MigrationFailure, at time: Timestamp) {
        errors = failure.errors
        for error in errors { if let filename = error.filename { change(filename) { $0.fail(error) } } }
        for index in items.indices where items[index].status == .pending { items[index].status = .skipped }
        finish(failure.errors.allSatisfy { $0.code == .schemaAhead } ? .schemaAhead : .failed, at: time, nil)
    }

    private mutating func change(_ filename: String, _ body: (inout Item) -> Void) {
        guard let index = items.firstIndex(where: { $0.filename == filename }) else { return }
        body(&items[index])
    }

    /// `2026-11-21 07:58:05`, as SQLite writes it, as RFC 3339.
    static func rfc3339(_ text: String) -> String {
        Timestamp(text.replacing(" ", with: "T") + ".000Z")?.description ?? text
    }
}

extension MigrationProgress.Item {
    fileprivate mutating func apply(at time: String, _ duration: Duration?) {
        status = .applied
        appliedAt = time
        self.duration = duration
    }

    /// What a plan says of a file (`modified`, `missing` …) stays; a file that was running has failed.
    fileprivate mutating func fail(_ error: MigrationError) {
        if status == .running || status == .pending { status = .failed }
        self.error = error
    }
}

// MARK: - What is derived

extension MigrationProgress {
    /// A look at a database that no run is under way for.
    init(lookingAt plan: MigrationPlan) {
        take(plan)
        errors = plan.errors
        for error in plan.errors { change(error.filename ?? "") { $0.error = error } }
        if !errors.isEmpty {
            state = errors.allSatisfy { $0.code == .schemaAhead } ? .schemaAhead : .failed
        } else {
            state = plan.pending.isEmpty ? .applied : .pending
        }
    }

    var currentVersion: String? { items.last { $0.appliedAt != nil }?.version }
    var targetVersion: String? { items.last?.version }

    func count(_ statuses: MigrationStatus...) -> Int {
        items.count { statuses.contains($0.status) }
    }

    /// `migrating 2 of 7`, for people.
    var summary: String {
        switch state {
        case .starting: "starting"
        case .waitingLock: "waiting for another process to let go of the database"
        case .backingUp: "making a backup before the migrations"
        case .running: position.map { "migrating \($0.index) of \($0.count)" } ?? "checking migrations"
        case .applied: Self.migrations(count(.applied)) + " applied"
        case .failed where finishedAt == nil: "a run would stop: \(errors.first?.code.rawValue ?? "")"
        case .failed: errors.first.map { "migration failed: \($0.code.rawValue)" } ?? "migration failed"
        case .schemaAhead: "the database is newer than this release"
        case .pending: Self.migrations(count(.pending, .outOfOrder)) + " pending"
        }
    }

    private static func migrations(_ count: Int) -> String { "\(count) migration\(count == 1 ? "" : "s")" }
}

extension MigrationProgress {
    /// What strangers may see.
    var forAnyone: MigrationProgress {
        guard !errors.isEmpty else { return self }
        var progress = self
        progress.errors = errors.map(\.forAnyone)
        for index in items.indices { progress.items[index].error = items[index].error?.forAnyone }
        return progress
    }
}

extension MigrationError {
    /// The error as strangers may see it at `/migrations`: what the database and the disk say has paths of this machine in it, and stands in the
    /// log only.
    fileprivate var forAnyone: MigrationError {
        switch code {
        case .backupFailed, .databaseBusy, .databaseFailed, .directoryUnreadable, .fileUnreadable, .storageFull, .tableMissing:
            replacing(message: Self.sentence(for: code), recovery: "look into the server's log")
        default: self
        }
    }

    private static func sentence(for code: Code) -> String {
        switch code {
        case .backupFailed: "no backup could be made before the run"
        case .databaseBusy: "another process holds the database"
        case .directoryUnreadable: "the migrations directory cannot be read"
        case .fileUnreadable: "the file cannot be read"
        case .tableMissing: "the migrations make no table conversations"
        case .storageFull: "there is no room to write"
        default: "the database cannot be used"
        }
    }
}
