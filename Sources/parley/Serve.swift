import ArgumentParser
import Glibc
import ParleyServer

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Bring the database up to date and serve it over HTTP.",
        discussion: """
            Health probes are answered at once, before and while migrations run: /livez, /readyz, /startupz. /migrations shows \
            how far they are. SIGTERM or SIGINT stops the server: it finishes what is under way and exits with 0. A second one ends it at \
            once, with 143 or 130; nothing that was answered is lost. SIGHUP reads the settings file, the \
            tokens and the certificate again, and takes over what has changed of them and the log level; parley config print shows what it \
            would read.
            """
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let sources = SettingsSources([options])
        let effective = try EffectiveSettings(sources)
        let format = effective.settings.logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
        let sink = LogSink(format: format)
        try await exitingWithStatus(logging: sink, as: format) {
            var settings = effective.settings
            try settings.listenOnPassedSockets()
            let application = Application(settings: settings, sink: sink, format: format, manager: ServiceManager())
            try await runUntilSignal(
                application,
                onHangUp: { application.reload(from: sources, since: effective) },
                beforeAbruptEnd: {
                    application.logAbruptEnd()
                    sink.flush()
                }
            )
        }
    }
}

/// Every setting there is.
struct ServerOptions: SettingsOptions {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var address: AddressOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var limits: LimitOptions
    @OptionGroup var serving: ServingOptions
    @OptionGroup var migration: MigrationOptions
    @OptionGroup var log: LogOptions

    var flags: [SettingKey: String?] {
        let groups: [any SettingsOptions] = [database, address, access, limits, serving, migration, log]
        return groups.reduce(into: [:]) { flags, group in flags.merge(group.flags) { $1 } }
    }
}

/// Who may use the server, and how.
struct AccessOptions: SettingsOptions {
    @OptionGroup var tokens: TokenFileOptions
    @OptionGroup var tls: TLSOptions

    @Flag(help: ArgumentHelp(.insecureNoAuth))
    var insecureNoAuth = false

    @Option(help: ArgumentHelp(.corsOrigin))
    var corsOrigin: String?

    var flags: [SettingKey: String?] {
        [.insecureNoAuth: insecureNoAuth ? "true" : nil, .corsOrigin: corsOrigin]
            .merging(tokens.flags) { $1 }
            .merging(tls.flags) { $1 }
    }
}

struct TLSOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.tlsCertificate))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp(.tlsKey))
    var tlsKey: String?

    var flags: [SettingKey: String?] { [.tlsCertificate: tlsCertificate, .tlsKey: tlsKey] }
}

/// What is too much.
struct LimitOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.bodyLimit))
    var bodyLimit: String?

    @Option(help: ArgumentHelp(.urlLimit))
    var urlLimit: String?

    @Option(help: ArgumentHelp(.headerLimit))
    var headerLimit: String?

    @Option(help: ArgumentHelp(.requestTimeout))
    var requestTimeout: String?

    @Option(help: ArgumentHelp(.idleTimeout))
    var idleTimeout: String?

    @Option(help: ArgumentHelp(.maxConnections))
    var maxConnections: String?

    @Option(help: ArgumentHelp(.maxConnectionsPerClient))
    var maxConnectionsPerClient: String?

    @Option(help: ArgumentHelp(.loops))
    var loops: String?

    var flags: [SettingKey: String?] {
        [
            .bodyLimit: bodyLimit, .urlLimit: urlLimit, .headerLimit: headerLimit, .requestTimeout: requestTimeout,
            .idleTimeout: idleTimeout, .maxConnections: maxConnections, .maxConnectionsPerClient: maxConnectionsPerClient, .loops: loops,
        ]
    }
}

struct ServingOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.onMigrationFailure))
    var onMigrationFailure: String?

    @Option(help: ArgumentHelp(.synchronous))
    var synchronous: String?

    @Flag(help: ArgumentHelp(.requireIfMatch))
    var requireIfMatch = false

    @Option(help: ArgumentHelp(.shutdownTimeout))
    var shutdownTimeout: String?

    @Option(help: ArgumentHelp(.importLimit))
    var importLimit: String?

    var flags: [SettingKey: String?] {
        [
            .onMigrationFailure: onMigrationFailure, .synchronous: synchronous, .requireIfMatch: requireIfMatch ? "true" : nil,
            .shutdownTimeout: shutdownTimeout, .importLimit: importLimit,
        ]
    }
}
