import ArgumentParser
import Glibc
import ParleyServer

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Bring the database up to date and serve it over HTTP.",
        discussion: """
            Health probes are answered at once, before and while migrations run: /livez, /readyz, /startupz. /migrations shows \
            how far they are. SIGTERM or SIGINT stops the server: it finishes what is under way and exits with 0.
            """
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let settings = try Settings(options)
        let format = settings.logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
        let sink = LogSink(format: format)
        let application = Application(settings: settings, sink: sink, format: format)
        try await exitingWithStatus(flushing: sink) { try await runUntilSignal(application) }
    }
}

/// Every setting there is.
struct ServerOptions: SettingsOptions {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var address: AddressOptions
    @OptionGroup var serving: ServingOptions
    @OptionGroup var migration: MigrationOptions
    @OptionGroup var log: LogOptions

    var flags: [SettingKey: String?] {
        let groups: [any SettingsOptions] = [database, address, serving, migration, log]
        return groups.reduce(into: [:]) { flags, group in flags.merge(group.flags) { $1 } }
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

    var flags: [SettingKey: String?] {
        [
            .onMigrationFailure: onMigrationFailure, .synchronous: synchronous, .requireIfMatch: requireIfMatch ? "true" : nil,
            .shutdownTimeout: shutdownTimeout,
        ]
    }
}
