import Database
import HTTP

/// Tells the service manager again and again that the server goes on. Each beat waits until every event loop has come round; where one of
/// them hangs, the beats end, and the manager does what its unit says. So they do while the writer of the database hangs.
///
/// Nothing waits for a heartbeat, which may itself wait for what hangs: cancelling it is enough.
struct Heartbeat: Sendable {
    private static let startInterval = Duration.seconds(10)

    let manager: ServiceManager
    let servers: [Server]

    /// While migrations run, which may take longer than any time limit of a unit. What a statement does cannot be looked at from here:
    /// `--migration-timeout` is the limit for one that never ends.
    func extendingStart() -> Task<Void, Never> {
        Task { await beat(every: Self.startInterval) { manager.extendStart(Self.startInterval * 3) } }
    }

    /// - Parameter database: nil where a failed migration is held.
    func feedingWatchdog(_ database: (any DatabaseBridge)?) -> Task<Void, Never>? {
        guard let timeout = manager.watchdogTimeout else { return nil }
        return Task {
            var last = database?.statistics
            await beat(every: timeout / 2) {
                let now = database?.statistics
                if !Self.writerHangs(last, now) { manager.tellAlive() }
                last = now
            }
        }
    }

    /// Writes wait, and the writer has begun no statement for as long as a beat takes. How long a transaction may take says nothing: an atomic
    /// import of a gigabyte is one, and takes minutes.
    private static func writerHangs(_ last: DatabaseStatistics?, _ now: DatabaseStatistics?) -> Bool {
        guard let last, let now else { return false }
        return last.queuedWrites > 0 && now.queuedWrites > 0 && now.begunStatements == last.begunStatements
    }

    private func beat(every interval: Duration, _ beat: () async -> Void) async {
        let clock = ContinuousClock()
        while !Task.isCancelled {
            let next = clock.now + interval
            for server in servers { await server.comeRound() }
            await beat()
            try? await clock.sleep(until: next)
        }
    }
}
