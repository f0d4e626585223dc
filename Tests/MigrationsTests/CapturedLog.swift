import InMemoryLogging
import Logging

/// A logger that keeps what it is told, down to the smallest detail.
struct CapturedLog: Sendable {
    private let handler = InMemoryLogHandler()

    var logger: Logger {
        var logger = Logger(label: "test") { [handler] _ in handler }
        logger.logLevel = .trace
        return logger
    }

    /// Each line with its level and its metadata, sorted: `error: migration failed {code=x, migration=001_a.sql}`.
    var lines: [String] {
        handler.entries.map { entry in
            let metadata = entry.metadata.map { "\($0)=\($1)" }.sorted().joined(separator: ", ")
            return "\(entry.level): \(entry.message)" + (metadata.isEmpty ? "" : " {\(metadata)}")
        }
    }
}
