import Database
import Glibc

/// What the arguments tell the process to do, and to suffer.
struct Orders: Sendable {
    let database: String
    let migrations: String
    private let values: [String: String]

    init?(_ arguments: [String]) {
        guard arguments.count >= 3 else { return nil }
        (database, migrations) = (arguments[1], arguments[2])
        let pairs = arguments.dropFirst(3).map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        guard pairs.allSatisfy({ $0.count == 2 && Self.keys.contains($0[0]) }) else { return nil }
        values = Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
    }

    private static let keys: Set = ["journal", "kill-at", "stop-at", "file-limit", "at-limit", "user", "timeout-ms"]

    var journal: SQLiteConfiguration.Journal { values["journal"] == "rollback" ? .rollback : .writeAheadLog }
    /// The event, from 1, at which the process is killed.
    var killAt: Int? { number("kill-at") }
    /// The event at which it gets SIGTERM.
    var stopAt: Int? { number("stop-at") }
    /// Whether a write beyond the limit kills the process; otherwise it fails.
    private var diesAtLimit: Bool { values["at-limit"] == "die" }
    var timeout: Duration? { number("timeout-ms").map { .milliseconds($0) } }

    /// Dispatch blocks signals in its threads, and a blocked SIGXFSZ kills nobody.
    func applyToThread() {
        guard diesAtLimit else { return }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGXFSZ)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Limits that hold for the whole process, from now on.
    func applyToProcess() {
        if let bytes = number("file-limit") { limitFiles(to: bytes) }
        if let user = number("user") { become(user) }
    }

    /// At the limit a write is cut short; the next one fails with EFBIG as on a full disk, or kills the process in the middle of its work.
    private func limitFiles(to bytes: Int) {
        // Whoever has started the tests may have chosen either.
        _ = signal(SIGXFSZ, diesAtLimit ? SIG_DFL : SIG_IGN)
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }

    /// Permissions do not bind root; whoever is not root stays who they are.
    private func become(_ user: Int) {
        guard getuid() == 0 else { return }
        guard setgid(gid_t(user)) == 0, setuid(uid_t(user)) == 0 else { exit(71) }
    }

    private func number(_ key: String) -> Int? { values[key].flatMap { Int($0) } }
}
