public import Logging

/// Writes swift-log's events to a ``LogSink``.
struct SinkLogHandler: LogHandler {
    let threshold: LogThreshold
    /// What one logger was set to by itself, as swift-log has it.
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    let sink: LogSink
    let format: LogFormat

    init(threshold: LogThreshold, sink: LogSink, format: LogFormat) {
        self.threshold = threshold
        self.sink = sink
        self.format = format
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

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
    public init(sink: LogSink, format: LogFormat, level: LogThreshold) {
        self.init(label: "parley") { _ in SinkLogHandler(threshold: level, sink: sink, format: format) }
    }
}
