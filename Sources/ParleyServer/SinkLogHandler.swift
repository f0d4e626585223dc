public import Logging

/// Writes swift-log's events to a ``LogSink``.
struct SinkLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    let sink: LogSink
    let format: LogFormat

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.map { (name: $0.key, value: "\($0.value)") }.sorted { $0.name < $1.name }
        LogLine(level: event.level, message: "\(event.message)", metadata: pairs).write(to: sink, as: format)
    }
}

extension Logger {
    /// A logger whose lines go to a sink.
    public init(sink: LogSink, format: LogFormat, level: Logger.Level) {
        self.init(label: "parley") { _ in SinkLogHandler(logLevel: level, sink: sink, format: format) }
    }
}
