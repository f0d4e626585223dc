public import Database
public import HTTP
public import Logging

/// Everything that can be set, with its default.
public struct Settings: Sendable {
    /// What happens when a migration fails.
    public enum OnMigrationFailure: String, Sendable, Hashable, CaseIterable {
        /// The process ends with the diagnosis on standard error.
        case exit
        /// It stays alive and unready, with the reason at `/migrations`: for platforms that would only start it again.
        case hold
    }

    /// The file with settings, if there is one.
    public var config: String?
    /// The database file; `:memory:` for one that is gone when the process ends.
    public var database = SQLiteConfiguration.Location.file("parley.db")
    /// The directory with the migration files.
    public var migrations = "migrations"
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    public var port: UInt16 = 8080
    /// The file with the tokens that requests need; nil: requests need none.
    public var tokenFile: String?
    /// Whether to serve without tokens although others can reach the address.
    public var allowsStrangers = false
    /// The origins whose pages may use the server from a browser.
    public var corsOrigins: [String] = []
    /// The PEM files of HTTPS; both or none.
    public var tlsCertificate: String?
    public var tlsKey: String?
    public var tlsKeyPassword: Secret?
    /// In bytes.
    public var bodyLimit = 64 << 10
    public var urlLimit = 8 << 10
    public var headerLimit = 32 << 10
    public var requestTimeout = Duration.seconds(30)
    public var idleTimeout = Duration.seconds(60)
    public var maxConnections = 1024
    public var maxConnectionsPerClient = 256
    /// Nil: one for each processor.
    public var loops: Int?
    /// Where health and metrics are, and nowhere else; nil for the address above.
    public var adminAddress: SocketAddress?
    public var onMigrationFailure = OnMigrationFailure.exit
    /// Nil: text on a terminal, JSON elsewhere.
    public var logFormat: LogFormat?
    public var logLevel = Logger.Level.info
    /// Whether a write waits for the disk.
    public var synchronous = SQLiteConfiguration.Synchronous.full
    /// Whether what is there is only changed and deleted with If-Match.
    public var requiresIfMatch = false
    /// How long requests that are under way may take when the server stops.
    public var shutdownTimeout = Duration.seconds(25)
    /// How long to wait for another process that holds the database.
    public var lockTimeout = Duration.seconds(60)
    /// How long all migrations together may take; nil for no limit.
    public var migrationTimeout: Duration?
    /// How many of the backups that runs of migrations begin with are kept; 0 makes none.
    public var migrationBackups = 3
    /// The longest body of an import, in bytes.
    public var importLimit = 1 << 30
    public var allowsOutOfOrder = false
    public var allowsNewerSchema = false
    /// What the service manager has opened to listen on; no setting, since it comes with the process.
    var passedSockets = PassedSockets()

    public init() {}

    /// The path of the database as the user gave it.
    public var databasePath: String {
        switch database {
        case .file(let path): path
        case .memory: ":memory:"
        }
    }

    /// Where the database is, and so where there has to be room; the system's own place for what is in memory.
    var databaseDirectory: String {
        guard case .file = database else { return "/tmp" }
        let path = resolvedDatabasePath
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// The same without symbolic links, and whole: what it is called from everywhere.
    var resolvedDatabasePath: String {
        guard case .file(let path) = database else { return databasePath }
        return BackupStore(database: path).database
    }
}

extension Settings {
    /// The database's backups; nil in memory.
    var backups: BackupStore? {
        guard case .file(let path) = database else { return nil }
        return BackupStore(database: path)
    }
}

/// A text that neither logs nor messages show.
public struct Secret: Sendable, CustomStringConvertible {
    let text: String

    /// Nil for an empty text, and for one that C would take for a shorter one.
    init?(_ text: String) {
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        self.text = text
    }

    public var description: String { "(secret)" }
}

/// Settings that cannot be.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// A sentence for each, with the setting, its value and what it may be.
    public let faults: [String]

    public var description: String { faults.joined(separator: "\n") }
}
