import Configuration

/// The name of a setting: `--database` on the command line, `PARLEY_DATABASE` in the environment, `database` in the settings file.
public enum SettingKey: String, Sendable, Hashable, CaseIterable {
    case config
    case database
    case migrations
    case host
    case port
    case tokenFile = "token-file"
    case insecureNoAuth = "insecure-no-auth"
    case corsOrigin = "cors-origin"
    case tlsCertificate = "tls-certificate"
    case tlsKey = "tls-key"
    case tlsKeyPassword = "tls-key-password"
    case bodyLimit = "body-limit"
    case urlLimit = "url-limit"
    case headerLimit = "header-limit"
    case requestTimeout = "request-timeout"
    case idleTimeout = "idle-timeout"
    case maxConnections = "max-connections"
    case maxConnectionsPerClient = "max-connections-per-client"
    case loops
    case adminAddress = "admin-address"
    case onMigrationFailure = "on-migration-failure"
    case logFormat = "log-format"
    case logLevel = "log-level"
    case synchronous
    case requireIfMatch = "require-if-match"
    case shutdownTimeout = "shutdown-timeout"
    case importLimit = "import-limit"
    case lockTimeout = "lock-timeout"
    case migrationTimeout = "migration-timeout"
    case migrationBackups = "migration-backups"
    case allowOutOfOrder = "allow-out-of-order"
    case allowNewerSchema = "allow-newer-schema"

    /// `--database`
    public var flag: String { "--" + rawValue }

    /// `PARLEY_DATABASE`
    public var environmentName: String { "PARLEY_" + rawValue.uppercased().replacing("-", with: "_") }

    /// `PARLEY_DATABASE_FILE`: the file that a secret is read from.
    var environmentFileName: String { environmentName + "_FILE" }

    /// A secret has none: everybody on the machine can read the command lines of its processes.
    public var hasFlag: Bool { !setting.isSecret }

    /// The key as swift-configuration has it.
    var configKey: ConfigKey { ConfigKey([rawValue]) }
}
