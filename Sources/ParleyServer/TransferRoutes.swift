import Conversations
import HTTP
import HTTPTypes

/// `/conversations/export` and `/conversations/import`: all of them, one JSON object a line.
struct TransferRoutes: Sendable {
    /// Rows in one read: a read transaction of about a millisecond, and some hundred kilobytes.
    private static let batchSize = 1_000

    /// The repository, or the reason why there is none at this moment.
    let repository: @Sendable () throws(Problem) -> ConversationRepository
    /// The longest body of an import, in bytes.
    let importLimit: Int
    /// Where an import that is all or nothing keeps its lines until it has all of them.
    let spoolDirectory: String

    var routes: [Route] {
        [
            Route(.get, "/conversations/export") { request, _ in try await export(request) },
            Route(.post, "/conversations/import", body: .streamed(limit: importLimit)) { request, _ in try await importLines(request) },
        ]
    }

    // MARK: Export

    private func export(_ request: Request) async throws -> Response {
        let repository = try repository()
        var query = try PageQuery.ofWholeList(request.query)
        query.limit = Self.batchSize
        _ = try MediaType.choose(from: [MediaType.ndjson], for: request)
        let (start, first) = (query, try await Self.firstBatch(query, repository, for: request))
        return Response(status: .ok, headers: Self.exportHeaders) { body in
            var (query, batch) = (start, first)
            try await body.write(batch.lines)
            while let position = batch.next {
                query.position = position
                // No limit: an answer that has begun is worth waiting for the searches that came before it, which have one.
                batch = try await Self.batch(query, repository, within: nil)
                try await body.write(batch.lines)
            }
        }
    }

    private static let exportHeaders: Headers = [
        .contentType: MediaType.ndjson, .cacheControl: "private, no-cache", .vary: "Authorization",
        .contentDisposition: "attachment; filename=\"conversations.ndjson\"",
    ]

    /// The first rows are read before the status is sent: a database that cannot be read is a 503.
    private static func firstBatch(_ query: ConversationQuery, _ repository: ConversationRepository, for request: Request) async throws
        -> Batch
    {
        request.method == .head
            ? Batch(lines: [], next: nil) : try await batch(query, repository, within: ConversationRepository.longestScan)
    }

    private static func batch(
        _ query: ConversationQuery,
        _ repository: ConversationRepository,
        within timeout: Duration?
    ) async throws -> Batch {
        let (json, next, _) = try await repository.scanPage(query, within: timeout, into: JSONWriter(capacity: 1 << 10)) {
            $0.conversation($1, $2, $3, $4)
            $0.newline()
        }
        return Batch(lines: json.bytes, next: next)
    }

    private struct Batch: Sendable {
        let lines: [UInt8]
        /// Behind which the next batch begins; nil for the last one.
        let next: ConversationPage.Position?
    }

    // MARK: Import

    private func importLines(_ request: Request) async throws -> Response {
        let repository = try repository()
        let options = try ImportOptions(request.query)
        try MediaType.requireJSONAccepted(by: request)
        try MediaType.requireType([MediaType.ndjson, MediaType.jsonLines], of: request, advertisedBy: .acceptPost)
        let run = ConversationImport(repository: repository, rule: options.rule)
        guard options.isAtomic else { return try await run.run(request.chunks).response }
        return try await run.runAtomically(request.chunks, spoolingIn: spoolDirectory).response
    }
}

/// The query of an import.
private struct ImportOptions {
    private(set) var rule = ConflictRule.error
    private(set) var isAtomic = false

    /// - Throws: ``Problem`` `invalid-query`.
    init(_ query: Query) throws(Problem) {
        var seen: Set<String> = []
        for (name, value) in try PageQuery.items(of: query) {
            guard seen.insert(name).inserted else { throw Problem(.invalidQuery, "\(name) is given more than once") }
            switch name {
            case "on_conflict": rule = try Self.rule(value ?? "")
            case "atomic": isAtomic = try Self.flag(value ?? "")
            default: throw Problem(.invalidQuery, "the parameter \"\(name)\" is not known here; on_conflict and atomic are")
            }
        }
    }

    private static func rule(_ text: String) throws(Problem) -> ConflictRule {
        guard let rule = ConflictRule(rawValue: text) else { throw Problem(.invalidQuery, "on_conflict has to be error, skip or replace") }
        return rule
    }

    private static func flag(_ text: String) throws(Problem) -> Bool {
        guard let flag = Bool(text) else { throw Problem(.invalidQuery, "atomic has to be true or false") }
        return flag
    }
}

extension PageQuery {
    /// The query of a list that is not cut into pages.
    static func ofWholeList(_ query: Query) throws(Problem) -> ConversationQuery {
        let ofPages = ["limit", "cursor", "count"]
        if let name = try items(of: query).first(where: { ofPages.contains($0.name) })?.name {
            throw Problem(.invalidQuery, "\(name) is not known here: an export has all that the other parameters let through, and no pages")
        }
        return try PageQuery(query).conversations
    }
}
