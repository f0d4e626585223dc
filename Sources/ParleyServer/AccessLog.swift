import Conversations
import HTTP
import HTTPTypes
import Logging

/// One line for each request. It is on the path of every one, so it goes around swift-log's dictionaries, straight into the sink.
struct AccessLog: Sendable {
    let sink: LogSink
    let format: LogFormat
    let level: Logger.Level

    /// What is told of a request: nothing that the client has sent but the method and its own request id.
    struct Entry {
        let requestID: String
        let method: HTTPRequest.Method
        /// The route's template, such as `/conversations/{id}`; nil where no route was found.
        let route: String?
        let status: Int
        var duration: Duration
        /// Bytes of the body.
        var bytes: Int
        /// The caller's trace; nil where it has none.
        var trace: TraceContext?
    }

    func record(_ entry: Entry) {
        guard level <= .info else { return }
        switch format {
        case .json: recordJSON(entry)
        case .text: recordText(entry)
        }
    }

    private func recordJSON(_ entry: Entry) {
        let time = Timestamp.now().text
        let line = JSONWriter.object { line in
            line.member("time", time)
            line.member("level", "info")
            line.member("message", "request")
            line.member("request_id", entry.requestID)
            if let trace = entry.trace {
                line.member("trace_id", trace.traceID)
                line.member("span_id", trace.spanID)
            }
            line.member("method", entry.method.rawValue)
            line.member("route", entry.route)
            line.member("status", entry.status)
            line.member("duration_ms", milliseconds: entry.duration)
            line.member("bytes", entry.bytes)
        }
        sink.append(line)
    }

    private func recordText(_ entry: Entry) {
        let trace = entry.trace.map { [("trace_id", $0.traceID), ("span_id", $0.spanID)] } ?? []
        let metadata =
            [
                ("method", entry.method.rawValue), ("route", entry.route ?? "-"), ("status", "\(entry.status)"),
                ("duration_ms", JSONWriter.milliseconds(entry.duration)), ("bytes", "\(entry.bytes)"), ("request_id", entry.requestID),
            ] + trace
        LogLine(level: .info, message: "request", metadata: metadata.map { (name: $0.0, value: $0.1) }).write(to: sink, as: format)
    }
}
