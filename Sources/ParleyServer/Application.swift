import Conversations
import Database
public import HTTP
import HTTPTypes
import Logging
import Migrations
public import ServiceLifecycle

/// The server, wired together: it listens, brings its database up to date, serves, and stops when it is told to.
public struct Application: Service {
    /// What the database may take to close, once the last request has been answered or cut.
    private static let timeToClose = Duration.seconds(15)

    private let settings: Settings
    private let logger: Logger
    private let state: ServerState
    private let manager: ServiceManager?
    private let api: API
    private let authenticator: Authenticator
    private let reloader: Reloader
    private let onListening: @Sendable (SocketAddress) -> Void

    /// - Parameters:
    ///   - sink: where log lines go.
    ///   - format: how they look.
    ///   - manager: who is told how the server is, where somebody wants to know.
    ///   - onListening: told the real address as soon as clients can connect.
    public init(
        settings: Settings,
        sink: LogSink,
        format: LogFormat,
        manager: ServiceManager? = nil,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.settings = settings
        self.manager = manager
        self.onListening = onListening
        state = ServerState { phase, migrations in manager?.follow(phase, migrations) }
        let level = LogThreshold(settings.logLevel)
        logger = Logger(sink: sink, format: format, level: level)
        authenticator = Authenticator(settings.tokenFile.map(TokenFile.init))
        api = API(
            settings: settings,
            state: state,
            backups: settings.backups,
            servesOperations: settings.adminAddress == nil,
            accessLog: AccessLog(sink: sink, format: format, level: level),
            logger: logger,
            authenticator: authenticator,
            cors: CORS(origins: settings.corsOrigins)
        )
        reloader = Reloader(logger: logger)
        reloader.add(level)
        if authenticator.isOn { reloader.add(authenticator) }
    }

    /// The routes that are served, as `METHOD /path/{template}`.
    public var routes: [String] { api.router.routes.map { "\($0.method.rawValue) \($0.pattern)" } }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: ``ApplicationError``.
    public func run() async throws {
        defer {
            state.stopListening()
            manager?.flush()
        }
        do {
            try settings.requireServable()
            let identity = try settings.tlsIdentity()
            if let identity { reloader.add(identity) }
            try authenticator.reload()
            let listeners = try await listen(identity)
            let opened = try await boot(listeners)
            await serve(listeners, opened)
            try await stop(listeners, opened)
        } catch {
            let failure = ApplicationError(error, settings)
            if let reason = failure?.reason { manager?.tell(status: "cannot serve: \(reason)") }
            throw failure ?? error
        }
    }

    /// Takes over what has changed and can be changed without a restart; the log tells what, and what has to wait for one.
    ///
    /// - Parameters:
    ///   - sources: where the settings come from, the files among them read again.
    ///   - started: what they said when the server started.
    public func reload(from sources: SettingsSources, since started: EffectiveSettings) {
        guard let manager else { return reloader.reload(from: sources, since: started) }
        manager.reloading { reloader.reload(from: sources, since: started) }
    }

    /// Logs that the process is about to end without having finished what is under way.
    public func logAbruptEnd() {
        logger.warning("ended at once by a second signal", metadata: ["requests_cut": "\(state.traffic?.activeRequests ?? 0)"])
    }

    /// The operators' listener comes first: it lives longest, and so answers probes from the first moment to the last.
    private func listen(_ identity: TLSIdentity?) async throws -> Listeners {
        let operators = try listenForOperators()
        do {
            return Listeners(clients: try listenForClients(identity), operators: operators)
        } catch {
            await operators?.drain(timeout: .zero)
            throw error
        }
    }

    private func listenForOperators() throws -> Server? {
        guard let address = settings.adminAddress else { return nil }
        var configuration = Server.Configuration()
        (configuration.host, configuration.port) = (address.host, address.port)
        configuration.inheritedSocket = settings.passedSockets.operators
        configuration.loops = 1
        configuration.log = log
        let server = Server(configuration: configuration, responder: api.forOperations())
        try server.start()
        logger.info(
            "serving health and metrics",
            metadata: ["host": "\(server.address.host)", "port": "\(server.address.port)"]
        )
        return server
    }

    private func log(_ line: String) {
        logger.debug("libmicrohttpd", metadata: ["detail": "\(line)"])
    }

    private func listenForClients(_ identity: TLSIdentity?) throws -> Server {
        var configuration = settings.serverConfiguration(tls: identity)
        configuration.warn = { [logger] line in logger.warning("connections", metadata: ["detail": "\(line)"]) }
        configuration.log = log
        let server = Server(configuration: configuration, responder: api)
        try server.start()
        state.listen(server)
        let address = server.address
        let scheme = identity == nil ? "http" : "https"
        logger.info(
            "listening",
            metadata: ["host": "\(address.host)", "port": "\(address.port)", "scheme": "\(scheme)", "version": "\(Release.version)"]
        )
        warnOfStrangers(at: address)
        onListening(address)
        return server
    }

    private func warnOfStrangers(at address: SocketAddress) {
        guard !address.isLoopback, settings.tlsCertificate == nil || !authenticator.isOn else { return }
        let warning: Logger.Message =
            authenticator.isOn
            ? "tokens travel to this address unencrypted: set --tls-certificate, or let a proxy in front speak TLS"
            : "anyone who can reach this address can read and change every conversation"
        logger.warning(warning, metadata: ["host": "\(address.host)"])
    }

    /// The database, ready; nil where a failed migration is held, or where the server was told to stop in the meantime.
    private func boot(_ listeners: Listeners) async throws -> OpenedDatabase? {
        let extending = heartbeat(of: listeners)?.extendingStart()
        defer { extending?.cancel() }
        do {
            return try await cancelWhenGracefulShutdown { try await Boot(settings: settings, state: state, logger: logger).run() }
        } catch let error where Self.isCancellation(error) {
            logger.notice("stopped while starting; what was not complete is rolled back")
            return nil
        } catch let failure as MigrationFailure where settings.onMigrationFailure == .hold {
            logger.critical(
                "held: alive and unready until an operator acts; the reason is at /migrations",
                metadata: ["code": "\(failure.errors[0].code.rawValue)"]
            )
            // It would be killed, in the end, if its start went on for ever.
            manager?.tellReady("held, unready: \(state.migrations.summary)")
            return nil
        } catch {
            await listeners.clients.drain(timeout: .zero)
            await listeners.operators?.drain(timeout: .zero)
            throw error
        }
    }

    private static func isCancellation(_ error: any Error) -> Bool {
        error is CancellationError || (error as? MigrationFailure)?.errors.first?.code == .cancelled
    }

    /// Waits until it is time to stop; meanwhile expired keys are removed. When this returns, nothing of it uses the database any more.
    private func serve(_ listeners: Listeners, _ opened: OpenedDatabase?) async {
        let watchdog = heartbeat(of: listeners)?.feedingWatchdog(opened?.database)
        defer { watchdog?.cancel() }
        let repository = opened.map { ConversationRepository(database: $0.database) }
        async let _: Void? = repository.map { KeySweeper(repository: $0, logger: logger) }?.run()
        await gracefulShutdownOrCancellation()
    }

    private func heartbeat(of listeners: Listeners) -> Heartbeat? {
        manager.map { Heartbeat(manager: $0, servers: [listeners.clients, listeners.operators].compactMap(\.self)) }
    }

    private func gracefulShutdownOrCancellation() async {
        // Cancelled or shut down: either way it is time to stop.
        try? await gracefulShutdown()
    }

    private func stop(_ listeners: Listeners, _ opened: OpenedDatabase?) async throws {
        let requests = listeners.clients.activeRequests
        logger.info("stopping", metadata: ["requests": "\(requests)"])
        manager?.tellStopping("stopping, requests under way: \(requests)", within: settings.shutdownTimeout + Self.timeToClose)
        state.drain()
        let cut = await listeners.clients.drain(timeout: settings.shutdownTimeout)
        await close(opened?.database)
        // Whose answers take a moment, and whom nobody has to wait for.
        await listeners.operators?.drain(timeout: .seconds(1))
        logger.info("stopped", metadata: ["requests_cut": "\(cut)"])
        if cut > 0 { throw ApplicationError.requestsCut(cut) }
    }
}

/// Where an application listens.
private struct Listeners {
    let clients: Server
    /// Nil where health and metrics are the clients' listener's.
    let operators: Server?
}

extension Application {
    /// Where the log cannot be folded into the database (the disk is full, say), nothing is lost: whoever opens it next does that.
    private func close(_ database: SQLiteDatabase?) async {
        do {
            try await database?.close()
        } catch {
            logger.warning("the write-ahead log stays beside the database; the next start takes it over", metadata: ["error": "\(error)"])
        }
    }
}
