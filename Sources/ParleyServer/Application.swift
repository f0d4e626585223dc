import Conversations
import Database
public import HTTP
import HTTPTypes
import Logging
import Migrations
public import ServiceLifecycle

/// The server, wired together: it listens, brings its database up to date, serves, and stops when it is told to.
public struct Application: Service {
    private let settings: Settings
    private let logger: Logger
    private let state = ServerState()
    private let api: API
    private let onListening: @Sendable (SocketAddress) -> Void

    /// - Parameters:
    ///   - sink: where log lines go.
    ///   - format: how they look.
    ///   - onListening: told the real address as soon as clients can connect.
    public init(
        settings: Settings,
        sink: LogSink,
        format: LogFormat,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.settings = settings
        self.onListening = onListening
        logger = Logger(sink: sink, format: format, level: settings.logLevel)
        api = API(
            state: state,
            accessLog: AccessLog(sink: sink, format: format, level: settings.logLevel),
            logger: logger,
            requiresIfMatch: settings.requiresIfMatch
        )
    }

    /// The routes that are served, as `METHOD /path/{template}`.
    public var routes: [String] { api.router.routes.map { "\($0.method.rawValue) \($0.pattern)" } }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: ``ApplicationError``.
    public func run() async throws {
        do {
            let server = try listen()
            let opened = try await boot(server)
            await serve(opened)
            try await stop(server, opened)
        } catch {
            let failure = ApplicationError(error, settings)
            if let reason = failure?.reason { logger.critical("cannot serve", metadata: ["reason": "\(reason)"]) }
            throw failure ?? error
        }
    }

    private func listen() throws -> Server {
        var configuration = Server.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        configuration.log = { [logger] line in logger.debug("libmicrohttpd", metadata: ["detail": "\(line)"]) }
        let server = Server(configuration: configuration, responder: api)
        try server.start()
        let address = server.address
        logger.info("listening", metadata: ["host": "\(address.host)", "port": "\(address.port)", "version": "\(Release.version)"])
        if !address.isLoopback {
            logger.warning(
                "anyone who can reach this address can read and change every conversation",
                metadata: ["host": "\(address.host)"]
            )
        }
        onListening(address)
        return server
    }

    /// The database, ready; nil where a failed migration is held, or where the server was told to stop in the meantime.
    private func boot(_ server: Server) async throws -> OpenedDatabase? {
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
            return nil
        } catch {
            await server.drain(timeout: .zero)
            throw error
        }
    }

    private static func isCancellation(_ error: any Error) -> Bool {
        error is CancellationError || (error as? MigrationFailure)?.errors.first?.code == .cancelled
    }

    /// Waits until it is time to stop; meanwhile expired keys are removed. When this returns, nothing of it uses the database any more.
    private func serve(_ opened: OpenedDatabase?) async {
        let repository = opened.map { ConversationRepository(database: $0.database) }
        async let _: Void? = repository.map { KeySweeper(repository: $0, logger: logger) }?.run()
        await gracefulShutdownOrCancellation()
    }

    private func gracefulShutdownOrCancellation() async {
        // Cancelled or shut down: either way it is time to stop.
        try? await gracefulShutdown()
    }

    private func stop(_ server: Server, _ opened: OpenedDatabase?) async throws {
        logger.info("stopping", metadata: ["requests": "\(server.activeRequests)"])
        state.drain()
        let cut = await server.drain(timeout: settings.shutdownTimeout)
        await close(opened?.database)
        logger.info("stopped", metadata: ["requests_cut": "\(cut)"])
        if cut > 0 { throw ApplicationError.requestsCut(cut) }
    }
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

extension SocketAddress {
    fileprivate var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
