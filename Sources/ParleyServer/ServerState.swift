import Conversations
import Database
import HTTP
import Migrations
import Synchronization

/// Where the server is in its life. Boot writes it, every route reads it.
final class ServerState: Sendable {
    enum Phase: Sendable {
        case starting
        case waitingForLock
        case migrating
        case serving
        /// The process ends; with `--on-migration-failure=hold` it stays alive, and unready until an operator acts.
        case failed
        case draining
    }

    private struct State {
        var phase = Phase.starting
        var migrations = MigrationProgress()
        var database: (any DatabaseBridge)?
        /// A start-up probe that has passed once never fails again.
        var hasStarted = false
        var traffic: Server?
    }

    private let state = Mutex(State())
    private let onChange: @Sendable (Phase, MigrationProgress) -> Void

    /// - Parameter onChange: told after each change of phase or progress, and maybe of the same twice.
    init(onChange: @escaping @Sendable (Phase, MigrationProgress) -> Void = { _, _ in }) {
        self.onChange = onChange
    }

    var phase: Phase { state.withLock { $0.phase } }
    var migrations: MigrationProgress { state.withLock { $0.migrations } }
    var database: (any DatabaseBridge)? { state.withLock { $0.database } }
    var hasStarted: Bool { state.withLock { $0.hasStarted } }
    /// The server of the clients' requests, which can count them.
    var traffic: Server? { state.withLock { $0.traffic } }

    // MARK: What boot reports

    func listen(_ server: Server) {
        state.withLock { $0.traffic = server }
    }

    /// Lets go of the server, whose routes hold this state.
    func stopListening() {
        state.withLock { $0.traffic = nil }
    }

    func waitForLock() {
        change { state in
            state.phase = .waitingForLock
            state.migrations.wait()
        }
    }

    func record(_ event: MigrationEvent) {
        let now = Timestamp.now()
        change { state in
            if case .failed = event { state.phase = .failed } else { state.phase = .migrating }
            state.migrations.record(event, at: now)
        }
    }

    func serve(_ database: any DatabaseBridge) {
        change { state in
            state.phase = .serving
            state.database = database
            state.hasStarted = true
        }
    }

    func drain() {
        change { $0.phase = .draining }
    }

    private func change(_ body: @Sendable (inout State) -> Void) {
        let (phase, migrations) = state.withLock { state in
            body(&state)
            return (state.phase, state.migrations)
        }
        onChange(phase, migrations)
    }

    // MARK: What routes ask

    /// The conversations, once the database is up to date; while draining, for the requests that are under way.
    ///
    /// - Throws: ``Problem`` that says why there are none.
    func conversations() throws(Problem) -> ConversationRepository {
        let database: (any DatabaseBridge)? = state.withLock { $0.database }
        guard let database else { throw unavailable }
        return ConversationRepository(database: database)
    }

    private var unavailable: Problem {
        switch phase {
        case .starting, .serving: Problem(.starting, "the server is starting")
        case .waitingForLock: Problem(.starting, "the server waits for another process to let go of the database")
        case .migrating: Problem(.migrating, migrations.summary)
        case .failed where migrations.state == .schemaAhead:
            Problem(.schemaAhead, "the database is newer than this release; an operator has to act, see /migrations")
        case .failed: Problem(.migrationFailed, "a migration failed; an operator has to act, see /migrations")
        case .draining: Problem(.draining, "the server is stopping")
        }
    }
}
