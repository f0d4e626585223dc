import Database
import FoundationEssentials
import HTTPTypes
import Logging
import Testing

@testable import HTTP
@testable import ParleyServer

@Suite struct LogTests {
    private let file: LogFile

    init() throws {
        file = try LogFile()
    }

    @Test func `each event is one line of JSON`() throws {
        let logger = Logger(sink: file.sink, format: .json, level: LogThreshold(.info))
        logger.info("hello", metadata: ["b": "2", "a": "x \"y\""])
        logger.error("two\nlines", metadata: ["k\ney": "v\nalue"])
        logger.debug("not of interest")
        let objects = try file.objects()
        #expect(objects.map { $0["message"] } == ["hello", "two\nlines"])
        #expect(objects[0]["a"] == "x \"y\"" && objects[0]["level"] == "info" && objects[1]["k\ney"] == "v\nalue")
        #expect(objects[0]["time"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func `a line for people has time, level, message and values`() throws {
        Logger(sink: file.sink, format: .text, level: LogThreshold(.info)).notice("hello there", metadata: ["b": "2", "a": "x y"])
        #expect(try file.lines()[0].wholeMatch(of: /\d\d:\d\d:\d\d\.\d{3} notice  hello there a="x y" b=2/) != nil)
    }

    @Test(arguments: [
        "", "a b", "a=b", "\"", "a\nb", "a\rb", "a\u{1B}[2Jb", "\u{7F}", "a\u{85}b", "a\u{9B}31mb", "a\u{2028}b", "\u{202E}x",
    ])
    func `a value that could be taken for something else is quoted, and no line end or escape gets out`(value: String) throws {
        Logger(sink: file.sink, format: .text, level: LogThreshold(.info)).info("m", metadata: ["k": "\(value)"])
        let lines = try file.lines()
        #expect(lines.count == 1 && lines[0].hasSuffix("\"") && lines[0].contains(" k=\""))
        #expect(lines[0].unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{2028}" && $0 != "\u{202E}" })
    }

    @Test func `a message cannot forge a line`() throws {
        Logger(sink: file.sink, format: .text, level: LogThreshold(.info)).error("failed: x\n00:00:00.000 info    all is well\r\u{1B}[1A")
        let lines = try file.lines()
        #expect(lines.count == 1)
        #expect(lines[0].unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test func `a plain value stands without quotes`() throws {
        Logger(sink: file.sink, format: .text, level: LogThreshold(.info)).info("m", metadata: ["k": "/conversations/{id}:caf\u{E9}"])
        #expect(try file.lines()[0].hasSuffix(" k=/conversations/{id}:caf\u{E9}"))
    }

    @Test(arguments: LogFormat.allCases)
    func `each request is one line with the template of its route`(format: LogFormat) async throws {
        let log = AccessLog(sink: file.sink, format: format, level: LogThreshold(.info))
        log.record(
            .init(requestID: "r-1", method: .patch, route: "/conversations/{id}", status: 200, duration: .microseconds(1500), bytes: 42)
        )
        let line = try file.lines()[0]
        let parts = ["r-1", "PATCH", "/conversations/{id}", "200", "1.500", "42", "request"]
        #expect(parts.allSatisfy { line.contains($0) })
    }

    @Test func `requests are logged with their id, and probes are not`() async throws {
        let server = try await TestAPI(sink: file.sink)
        _ = try await server.send(.get, "/conversations/secret-path?secret=1", [.requestID: "mine"])
        _ = try await server.send(.get, "/nothing/secret")
        for path in HealthRoutes.paths { _ = try await server.send(.get, path) }
        let requests = try file.objects().filter { $0["message"] == "request" }
        #expect(requests.map { $0["route"] } == ["/conversations/{id}", "null"])
        #expect(requests[0]["request_id"] == "mine" && requests[0]["status"] == "400.0" && requests[0]["method"] == "GET")
        #expect(try !file.lines().contains { $0.contains("secret") })
    }

    @Test func `the line of a request has the fields that the documentation lists, in its order`() throws {
        AccessLog(sink: file.sink, format: .json, level: LogThreshold(.info)).record(
            .init(
                requestID: "r",
                method: .get,
                route: "/x",
                status: 200,
                duration: .zero,
                bytes: 0,
                trace: TraceContext("00-\(String(repeating: "1", count: 32))-\(String(repeating: "2", count: 16))-00")
            )
        )
        let names = try file.lines()[0].matches(of: /"([a-z_]+)":/).map { String($0.output.1) }
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/logs.md")
        let rows = String(decoding: try Data(contentsOf: page), as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = rows.flatMap { $0.dropFirst().prefix { $0 != "|" }.matches(of: /`([a-z_]+)`/).map { String($0.output.1) } }
        #expect(names == ["time", "level", "message"] + documented)
    }

    @Test func `a request whose client has left has its line, and one that was answered for has no second one`() async throws {
        let server = try await TestAPI(sink: file.sink)
        func cancelled(answering refusal: Refusal?) async throws {
            let cancelled: Task<Void, any Error> = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                let request = try Request(.get, "/conversations")
                request.head.isAnsweredFor = refusal != nil
                _ = await server.api.respond(to: request)
            }
            if let refusal { _ = server.api.refuse(refusal, try Request(.get, "/conversations")) }
            try await cancelled.value
        }
        try await cancelled(answering: nil)
        try await cancelled(answering: .deadlineExceeded)
        #expect(try file.objects().filter { $0["message"] == "request" }.map { $0["status"] } == ["499.0", "503.0"])
    }

    @Test func `a level above info leaves requests out`() throws {
        AccessLog(sink: file.sink, format: .json, level: LogThreshold(.notice))
            .record(.init(requestID: "r", method: .get, route: nil, status: 200, duration: .zero, bytes: 0))
        #expect(try file.lines().isEmpty)
    }

    @Test func `why a probe finds the database unreadable is in the log`() async throws {
        let server = try await TestAPI(sink: file.sink).failing(.corrupt)
        _ = try await server.send(.get, "/readyz")
        let line = try #require(try file.objects().first { $0["message"] == "the database cannot be read" })
        #expect(line["error"]?.contains("secret 4711") == true)
    }

    @Test func `what a database error says goes to the log, under the request's id`() async throws {
        let server = try await TestAPI(sink: file.sink).failing(.ioFailure)
        _ = try await server.send(.get, "/conversations", [.requestID: "mine"])
        let line = try #require(try file.objects().first { $0["message"] == "request failed" })
        #expect(line["request_id"] == "mine" && line["level"] == "error" && line["error"]?.contains("secret 4711") == true)
    }
}
