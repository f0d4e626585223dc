import Database
import HTTP

/// Tells the service manager again and again that the server goes on. Each beat waits until every event loop has come round, and the writer of the
/// database too: where one of them hangs, the beats end, and the manager does what its unit says.
///
/// Nothing waits for a heartbeat, which may itself wait for what hangs: cancelling it is enough.
struct Heartbeat: Sendable {
    private static let startInterval = Duration.seconds(10)

    let manager: ServiceManager
    let servers: [Server]

    /// While migrations run, which may take longer than any time limit of a unit. What a statement does cannot be looked at from here:
    /// `--migration-timeout` is the limit for one that never ends.
    func extendingStart() -> Task<Void, Never> {
        beating(every: Self.startInterval) { manager.extendStart(Self.startInterval * 3) }
    }

    /// - Parameter database: nil where a failed migration is held.
    func feedingWatchdog(_ database: (any DatabaseBridge)?) -> Task<Void, Never>? {
        guard let timeout = manager.watchdogTimeout else { return nil }
        return beating(every: timeout / 2) {
            // A write that changes nothing waits for those before it, and costs no flush. That it fails (another program holds
            // the database) is no reason to start again: the writer has come round.
            _ = try? await database?.write { _ in }
            manager.tellAlive()
        }
    }

    private func beating(every interval: Duration, _ beat: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task {
            let clock = ContinuousClock()
            while !Task.isCancelled {
                let next = clock.now + interval
                for server in servers { await server.comeRound() }
                await beat()
                try? await clock.sleep(until: next)
            }
        }
    }
}
