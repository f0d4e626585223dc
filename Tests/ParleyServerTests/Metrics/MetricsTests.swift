import Database
import DatabaseTesting
import FoundationEssentials
import HTTP
import HTTPTesting
import HTTPTypes
import Logging
import Metrics
import Testing

@testable import ParleyServer

@Suite struct MetricsTests {
    private func scrape(_ server: TestAPI) async throws -> ExpositionReader {
        let response = try await server.send(.get, "/metrics")
        #expect(response.status == .ok && response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        return try ExpositionReader(response.text)
    }

    private func count(_ page: ExpositionReader, _ method: String, _ route: String, _ status: Int) -> Double? {
        page.value("http_server_request_duration_seconds_count", ["method": method, "route": route, "status": "\(status)"])
    }

    @Test(arguments: HealthTests.Situation.allCases)
    func `in every state the page has every metric, in its type, and a scraper can read it`(situation: HealthTests.Situation) async throws {
        let page = try await scrape(try await situation.server())
        #expect(page.families.map(\.name) == Metric.allCases.map(\.rawValue))
        for metric in Metric.allCases {
            #expect(page.families.first { $0.name == metric.rawValue }?.type == metric.kind.rawValue, "\(metric)")
        }
        #expect(page.value("parley_ready") == (situation == .serving || situation == .unreadable ? 1 : 0))
    }

    @Test func `requests are counted by method, route template and status, and nothing that a client chooses is a label`() async throws {
        let server = try await TestAPI()
        let path = try await server.create().path
        for _ in 0..<3 { _ = try await server.send(.get, path) }
        _ = try await server.send(.head, path)
        _ = try await server.send(.get, "/conversations/secret")
        _ = try await server.send(.get, "/secret/secret")
        _ = try await server.send(.put, "/conversations")
        _ = try await server.send(.options, "/conversations")
        _ = try await server.send(HTTPRequest.Method("SECRET")!, "/conversations")
        let page = try await scrape(server)
        #expect(count(page, "POST", "/conversations", 201) == 1)
        #expect(count(page, "GET", "/conversations/{id}", 200) == 3 && count(page, "HEAD", "/conversations/{id}", 200) == 1)
        #expect(count(page, "GET", "/conversations/{id}", 400) == 1 && count(page, "GET", "unmatched", 404) == 1)
        #expect(count(page, "PUT", "/conversations", 405) == 1 && count(page, "OPTIONS", "/conversations", 204) == 1)
        #expect(count(page, "_OTHER", "/conversations", 405) == 1)
        #expect(try await !server.send(.get, "/metrics").text.lowercased().contains("secret"))
    }

    @Test func `probes and scrapes are not counted`() async throws {
        let server = try await TestAPI()
        for path in HealthRoutes.paths + ["/metrics", "/readyz/migrations"] { _ = try await server.send(.get, path) }
        #expect(try await scrape(server).samples("http_server_request_duration_seconds_count").isEmpty)
    }

    @Test func `every status that an answer can have is a label of its own`() async throws {
        let metrics = RequestMetrics(routes: ["/a"], loops: 1)
        let statuses = Set(ProblemCode.allCases.map(\.status.code) + [200, 201, 204, 304])
        for status in statuses { metrics.record(.get, route: 0, status: status, duration: .zero) }
        var page = Exposition()
        metrics.write(to: &page)
        let labels = try ExpositionReader(page.text).samples("http_server_request_duration_seconds_count").map { $0.labels["status"] }
        #expect(Set(labels) == Set(statuses.map { "\($0)" }))
    }

    @Test func `a request that is answered for is counted under its route, with the time it has taken, and as cut`() async throws {
        let server = try await TestAPI()
        let request = try Request(.get, "/conversations/x")
        let elapsed = ContinuousClock.now - request.arrival
        _ = server.api.refuse(.deadlineExceeded, request)
        _ = server.api.refuse(.draining, request)
        let page = try await scrape(server)
        #expect(count(page, "GET", "/conversations/{id}", 503) == 2)
        #expect(try #require(page.value("http_server_request_duration_seconds_sum")) >= elapsed / .seconds(1))
        #expect(page.value("http_server_requests_cut_total", ["reason": "deadline"]) == 1)
        #expect(page.value("http_server_requests_cut_total", ["reason": "shutdown"]) == 1)
    }

    @Test func `migrations are counted by state`() async throws {
        let page = try await scrape(try await TestAPI())
        #expect(try #require(page.value("parley_migrations", ["state": "applied"])) >= 1)
        #expect(page.value("parley_migrations", ["state": "pending"]) == 0 && page.value("parley_migration_duration_seconds") != nil)
        let failed = try await scrape(try await HealthTests.Situation.failed.server())
        #expect(failed.value("parley_migrations", ["state": "failed"]) == 1)
    }

    @Test func `the database's file, log, disk and batches are told, and its newest backup whoever made it`() async throws {
        let directory = try TemporaryDirectory()
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(directory.file("a.db"))))
        try await database.execute("CREATE TABLE note (text TEXT)")
        let state = ServerState()
        state.serve(database)
        let backups = BackupStore(database: directory.file("a.db"))
        let log = AccessLog(sink: LogSink(descriptor: -1), format: .json, level: .info)
        let api = API(state: state, backups: backups, accessLog: log, logger: Logger(sink: log.sink, format: .json, level: .info))
        func scrape() async throws -> ExpositionReader {
            try ExpositionReader(await api.respond(to: try Request(.get, "/metrics")).text)
        }
        let before = try await scrape()
        #expect(before.samples("parley_backup_last_success_timestamp_seconds").isEmpty)
        #expect(before.value("parley_sqlite_db_bytes") != nil && before.value("parley_sqlite_files_in_place") == 1)
        #expect(try #require(before.value("parley_sqlite_wal_bytes")) > 0 && before.value("parley_sqlite_free_bytes") != nil)
        #expect(before.value("parley_write_batch_size_count") == 1 && before.value("parley_write_queue_depth") == 0)
        let backup = try await backups.create(of: database)
        #expect(try await scrape().value("parley_backup_last_success_timestamp_seconds") == Double(backup.time.milliseconds) / 1_000)
        try FileManager.default.removeItem(atPath: directory.file("a.db"))
        let gone = try await scrape()
        #expect(gone.value("parley_sqlite_files_in_place") == 0 && gone.value("parley_ready") == 0)
        #expect(gone.samples("parley_sqlite_db_bytes").isEmpty)
        try await database.close()
    }

    @Test func `the process's own figures are those of Linux`() async throws {
        let page = try await scrape(try await TestAPI())
        let now = Date().timeIntervalSince1970
        #expect(try #require(page.value("process_start_time_seconds")) > now - 86_400)
        #expect(try #require(page.value("process_start_time_seconds")) <= now + 1)
        #expect(try #require(page.value("process_resident_memory_bytes")) > 1e6)
        #expect(try #require(page.value("process_virtual_memory_bytes")) >= #require(page.value("process_resident_memory_bytes")))
        #expect(try #require(page.value("process_cpu_seconds_total")) > 0)
        #expect(try #require(page.value("process_open_fds")) < #require(page.value("process_max_fds")))
        let build = try #require(page.samples("parley_build_info").first)
        #expect(build.labels["version"] == Release.version && build.labels["sqlite"] == SQLiteDatabase.version)
    }

    @Test func `a parameter is refused, and HEAD is answered`() async throws {
        let server = try await TestAPI()
        #expect(try await server.send(.get, "/metrics?name=x").problem.code == "invalid-query")
        #expect(try await server.send(.head, "/metrics").status == .ok)
    }

    /// `docs/metrics.md` has a row for each metric, with its type and its labels, and no other.
    @Test func `the page and the documentation have the same metrics, types and labels`() async throws {
        let server = try await TestAPI()
        _ = try await server.create()
        let page = try await scrape(server)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
        let text = String(decoding: try Data(contentsOf: root.appendingPathComponent("docs/metrics.md")), as: UTF8.self)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
        }
        #expect(rows.map { $0[0] } == Metric.allCases.map(\.rawValue))
        for row in rows {
            let family = try #require(page.families.first { $0.name == row[0] })
            #expect(row[1] == family.type, "\(row[0])")
            guard !family.samples.isEmpty else { continue }
            let labels = Set(family.samples.flatMap(\.labels.keys)).subtracting(["le"])
            #expect(Set(row[2].split(separator: ",").map(String.init)) == labels, "\(row[0])")
        }
    }
}
