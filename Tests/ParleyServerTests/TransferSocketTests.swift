import Database
import DatabaseTesting
import FoundationEssentials
import HTTPTesting
import Testing

@testable import ParleyServer

/// Exports and imports through a socket, on a database file.
@Suite(.timeLimit(.minutes(1))) struct TransferSocketTests {
    private let directory: TemporaryDirectory
    private var settings = Settings()

    init() throws {
        directory = try TemporaryDirectory()
        settings.database = .file(directory.file("parley.db"))
        settings.migrations = shippedMigrations
        settings.port = 0
    }

    private func serving(_ settings: Settings, sink: LogSink = LogSink(descriptor: -1)) async throws -> RunningApplication {
        let application = try await RunningApplication(settings, sink: sink)
        _ = try await application.get("/readyz") { $0.status == 200 }
        return application
    }

    private static func head(_ framing: String, query: String = "") -> String {
        "POST /conversations/import\(query) HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n\(framing)\r\n\r\n"
    }

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    @Test(arguments: ["", "?atomic=true"])
    func `while an import is under way others read and write`(query: String) async throws {
        let application = try await serving(settings)
        let (importer, other) = (try Client(application.address), try Client(application.address))
        importer.send(Self.head("Transfer-Encoding: chunked\r\nExpect: 100-continue", query: query))
        _ = try await importer.text(upTo: "\r\n\r\n")
        importer.send(Self.chunk(String(repeating: "{\"title\":\"imported\"}\n", count: 2000)))
        for _ in 1...3 {
            other.send("POST /conversations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            #expect(try await other.reply().status == 201)
        }
        importer.send(Self.chunk("{}") + "0\r\n\r\n")
        let reply = try await importer.reply()
        #expect(reply.status == 200 && reply.body.hasPrefix(#"{"lines":2001,"imported":2001,"#))
        other.get("/conversations/export")
        #expect(try await other.reply().body.split(separator: "\n").count == 2004)
        try await application.stop()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.contains("import") } == [])
    }

    @Test func `an import that is longer than the limit says how far it came`() async throws {
        var settings = settings
        settings.importLimit = 10_000
        let application = try await serving(settings)
        let declared = try Client(application.address)
        declared.send(Self.head("Content-Length: 10001"))
        #expect(try await declared.reply().status == 413)
        let chunked = try Client(application.address)
        chunked.send(Self.head("Transfer-Encoding: chunked\r\nExpect: 100-continue"))
        _ = try await chunked.text(upTo: "\r\n\r\n")
        chunked.send(Self.chunk(String(repeating: "{}\n", count: 5000)) + "0\r\n\r\n")
        let reply = try await chunked.reply()
        #expect(reply.status == 413 && reply.body.contains("10000 bytes"))
        try await application.stop()
    }

    @Test(arguments: ["", "?atomic=true"])
    func `a stop cuts an import that does not end, and counts it`(query: String) async throws {
        var settings = settings
        settings.shutdownTimeout = .milliseconds(50)
        let application = try await serving(settings)
        let importer = try Client(application.address)
        importer.send(Self.head("Transfer-Encoding: chunked\r\nExpect: 100-continue", query: query))
        _ = try await importer.text(upTo: "\r\n\r\n")
        importer.send(Self.chunk(String(repeating: "{}\n", count: 2000)))
        await #expect(throws: ApplicationError.self) { try await application.stop() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.contains("import") } == [])
        let again = try await serving(self.settings)
        let rows = try await again.get("/conversations/export").body.split(separator: "\n").count
        #expect(query.isEmpty ? rows % 500 == 0 || rows == 2000 : rows == 0)
        try await again.stop()
    }

    /// The lines of the access log about imports.
    private func imports(in log: LogFile) throws -> [[String: String]] {
        try log.objects().filter { $0["message"] == "request" && $0["route"] == "/conversations/import" }
    }

    @Test(arguments: ["", "?atomic=true"])
    func `an import whose client leaves in the middle has its line and is counted`(query: String) async throws {
        let log = try LogFile()
        let application = try await serving(settings, sink: log.sink)
        let importer = try Client(application.address)
        importer.send(Self.head("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\nX-Request-Id: mine", query: query))
        _ = try await importer.text(upTo: "\r\n\r\n")
        importer.send(Self.chunk(String(repeating: "{}\n", count: 1000)))
        importer.vanish()
        let sample = #"http_server_request_duration_seconds_count{method="POST",route="/conversations/import",status="499"} 1"#
        _ = try await application.get("/metrics") { $0.body.contains(sample) }
        let lines = try imports(in: log)
        #expect(lines.map { $0["status"] } == ["499.0"] && lines[0]["request_id"] == "mine" && lines[0]["bytes"] == "0.0")
        try await application.stop()
    }

    @Test func `an import that a stop cuts has one line, which says so`() async throws {
        let log = try LogFile()
        var settings = settings
        settings.shutdownTimeout = .milliseconds(50)
        let application = try await serving(settings, sink: log.sink)
        let importer = try Client(application.address)
        importer.send(Self.head("Transfer-Encoding: chunked\r\nExpect: 100-continue"))
        _ = try await importer.text(upTo: "\r\n\r\n")
        await #expect(throws: ApplicationError.self) { try await application.stop() }
        #expect(try imports(in: log).map { $0["status"] } == ["503.0"])
    }
}
