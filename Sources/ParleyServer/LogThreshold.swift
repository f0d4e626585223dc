public import Logging
import Synchronization

/// The least level that is logged. A reload changes it while requests are served, so it is one atomic number.
public final class LogThreshold: Sendable {
    private static let levels = Logger.Level.allCases

    private let index: Atomic<Int>

    public init(_ level: Logger.Level) {
        index = Atomic(Self.index(of: level))
    }

    var level: Logger.Level {
        get { Self.levels[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int { levels.firstIndex(of: level) ?? 0 }
}

extension LogThreshold: Reloadable {
    var name: String { "log level" }

    func reload(_ settings: Settings) { level = settings.logLevel }
}
