import HTTP
import Logging
import Synchronization

/// A part of the server that takes new settings, or reads its files again, while requests are served.
protocol Reloadable: Sendable {
    /// What the log calls it, such as "tokens".
    var name: String { get }

    /// - Throws: an error whose description says what to do. What was there before stays then.
    func reload(_ settings: Settings) throws
}

/// What SIGHUP does: it asks the sources of settings again, and gives the answer to the parts that can take it.
final class Reloader: Sendable {
    private let parts = Mutex<[any Reloadable]>([])
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func add(_ part: any Reloadable) {
        parts.withLock { $0.append(part) }
    }

    /// - Parameter started: what the server has started with.
    func reload(from sources: SettingsSources, since started: EffectiveSettings) {
        do throws(SettingsError) {
            let effective = try sources.read()
            reload(parts.withLock { $0 }, effective.settings)
            warn(of: SettingKey.allCases.filter { !$0.setting.isReloaded && effective.text(of: $0) != started.text(of: $0) })
        } catch {
            logger.error(
                "nothing was reloaded: the settings have mistakes, and the old ones hold",
                metadata: ["reason": "\(error.faults.joined(separator: "; "))"]
            )
        }
    }

    private func reload(_ parts: [any Reloadable], _ settings: Settings) {
        for part in parts {
            do {
                try part.reload(settings)
                logger.notice("reloaded", metadata: ["part": "\(part.name)"])
            } catch {
                logger.error("not reloaded: what there was still holds", metadata: ["part": "\(part.name)", "reason": "\(error)"])
            }
        }
    }

    private func warn(of waiting: [SettingKey]) {
        guard !waiting.isEmpty else { return }
        logger.warning(
            "changed settings wait for a restart",
            metadata: ["settings": "\(waiting.map(\.rawValue).joined(separator: ", "))"]
        )
    }
}

extension Authenticator: Reloadable {
    var name: String { "tokens" }

    func reload(_ settings: Settings) throws { try reload() }
}

extension TLSIdentity: Reloadable {
    var name: String { "certificate" }

    func reload(_ settings: Settings) throws { try reload(password: settings.tlsKeyPassword?.text) }
}
