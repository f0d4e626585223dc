import DatabaseTesting
import FoundationEssentials
import Glibc
import HTTP
import HTTPTesting
import Testing

/// A directory with migrations and a place for a database.
struct Workplace: Sendable {
    /// What a statement looks like that never ends by itself.
    static let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;"

    let directory: TemporaryDirectory
    var database: String { directory.file("data.db") }
    var migrations: String { directory.file("migrations") }
    /// `--database … --migrations …`
    var options: [String] { ["--database", database, "--migrations", migrations] }

    /// - Parameter shipped: whether the first migration that Parley ships is there; its later ones would only change the numbers in tests.
    init(shipped: Bool = true) throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: migrations, withIntermediateDirectories: true)
        guard shipped else { return }
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../migrations")
        let name = "001_create_conversations.sql"
        try FileManager.default.copyItem(at: source.appendingPathComponent(name), to: URL(fileURLWithPath: "\(migrations)/\(name)"))
    }

    func write(_ sql: String, to name: String) throws {
        try directory.write(sql, to: "migrations/\(name)")
    }

    /// The names of everything in the directory, but for the migrations.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0 != "migrations" }.sorted()
    }

    /// Starts a server on a free port and waits until clients can connect.
    func serve(_ arguments: String..., environment: [String: String] = [:]) async throws -> RunningServer {
        let parley = try Parley(["serve", "--port", "0"] + options + arguments, environment: environment)
        return try await RunningServer(parley, in: self)
    }
}

/// A server that listens.
struct RunningServer: Sendable {
    let parley: Parley
    let address: SocketAddress
    /// Kept for as long as the server runs, since it is removed with its last owner.
    private let workplace: Workplace?

    init(_ parley: Parley, in workplace: Workplace? = nil) async throws {
        self.parley = parley
        self.workplace = workplace
        let line = try await Self.line(containing: "listening", of: parley)
        let port = try #require(line.firstMatch(of: /"?port"?[:=]"?(\d+)/)?.output.1)
        address = SocketAddress(host: "127.0.0.1", port: try #require(UInt16(port)))
    }

    /// Waits until it serves.
    func ready() async throws -> RunningServer {
        _ = try await Self.line(containing: #""ready""#, of: parley)
        return self
    }

    private static func line(containing text: String, of parley: Parley) async throws -> String {
        if let line = await parley.errors.line(containing: text) { return line }
        let errors = await parley.errors.whole()
        return try #require(nil, "no line with \(text) in: \(errors)")
    }

    func get(_ target: String) async throws -> Reply {
        let client = try Client(address)
        client.get(target)
        return try await client.reply()
    }

    /// Tells it to stop and waits for its end.
    func stop() async -> Parley.Status {
        parley.send(SIGTERM)
        return await parley.exit()
    }
}

extension Client {
    /// Creates a conversation; the answer.
    func post(_ title: String) async throws -> Reply {
        let body = #"{"title":"\#(title)"}"#
        send(
            "POST /conversations HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        return try await reply()
    }
}
