import Dispatch
import FoundationEssentials
import Glibc
import Migrations
import Synchronization

/// The service manager that has started this process, and wants to know how it is: systemd, or whoever else speaks sd_notify(3).
///
/// Messages leave by a queue of their own: a manager that is slow holds up nobody.
public final class ServiceManager: Sendable {
    private struct State {
        var status = ""
        var isReady = false
        var isStopping = false
    }

    /// How often it wants to hear that the server is not stuck; nil where it does not.
    let watchdogTimeout: Duration?
    private let state = Mutex(State())
    private let socket: NotificationSocket
    private let queue = DispatchQueue(label: "parley.systemd")

    /// The manager that the environment names; nil where it names none.
    public convenience init?() {
        self.init(environment: ProcessInfo.processInfo.environment, pid: getpid())
    }

    /// - Parameter pid: of this process.
    init?(environment: [String: String], pid: Int32) {
        guard let socket = environment["NOTIFY_SOCKET"].flatMap({ NotificationSocket($0) }) else { return nil }
        self.socket = socket
        watchdogTimeout = Self.watchdogTimeout(environment, pid)
    }

    /// As sd_watchdog_enabled(3) has it: the variables may be meant for another process.
    private static func watchdogTimeout(_ environment: [String: String], _ pid: Int32) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0,
            environment["WATCHDOG_PID"].map({ $0 == "\(pid)" }) ?? true
        else { return nil }
        return .microseconds(microseconds)
    }

    /// Sends assignments, each on a line.
    func tell(_ assignments: String...) {
        let message = assignments.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
        queue.async { self.socket.send(message) }
    }

    /// Returns when everything was sent, or after a second.
    func flush() {
        let last = DispatchWorkItem {}
        queue.async(execute: last)
        _ = last.wait(timeout: .now() + .seconds(1))
    }

    // MARK: What there is to tell

    /// What the server is at, in words: `systemctl status` shows them.
    func tell(status: String) {
        let isNews = state.withLock { state in
            defer { state.status = status }
            return state.status != status
        }
        if isNews { tell("STATUS=\(status)") }
    }

    /// The start is over.
    func tellReady(_ status: String) {
        state.withLock { ($0.isReady, $0.status) = (true, status) }
        tell("READY=1", "STATUS=\(status)")
    }

    /// The start is not over, however long it has taken, and there will be news within `duration`.
    func extendStart(_ duration: Duration) {
        tell(Self.extended(duration))
    }

    func tellAlive() {
        tell("WATCHDOG=1")
    }

    /// The end has begun, and takes `duration` at most.
    func tellStopping(_ status: String, within duration: Duration) {
        state.withLock { ($0.isStopping, $0.status) = (true, status) }
        tell("STOPPING=1", "STATUS=\(status)", Self.extended(duration))
    }

    /// Runs `body`, and tells that it runs. A server that is not ready yet, or no longer, does not become ready by it.
    func reloading(_ body: () -> Void) {
        guard state.withLock({ $0.isReady && !$0.isStopping }) else { return body() }
        tell("RELOADING=1", "MONOTONIC_USEC=\(Self.monotonicMicroseconds)", "STATUS=reloading")
        body()
        let state = state.withLock { $0 }
        if !state.isStopping { tell("READY=1", "STATUS=\(state.status)") }
    }

    private static func extended(_ duration: Duration) -> String {
        "EXTEND_TIMEOUT_USEC=\(duration.milliseconds * 1_000)"
    }

    private static var monotonicMicroseconds: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }
}

extension ServiceManager {
    /// Tells where the server is in its life. That it stops is told with how long that may take, by who knows it.
    func follow(_ phase: ServerState.Phase, _ migrations: MigrationProgress) {
        switch phase {
        case .starting, .waitingForLock, .migrating, .failed: tell(status: migrations.line)
        case .serving: tellReady("serving, \(migrations.line)")
        case .draining: break
        }
    }
}

extension MigrationProgress {
    /// `migrating 2 of 7 (002_index_updated_at.sql)`
    fileprivate var line: String {
        let file = items.first { [.running, .failed].contains($0.status) }
        return summary + (file.map { " (\($0.filename))" } ?? "")
    }
}
