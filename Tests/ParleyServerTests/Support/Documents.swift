import FoundationEssentials
import HTTP

/// What clients read.
struct ConversationDocument: Decodable, Equatable, Sendable {
    let id: String
    let title: String
    let createdAt: String
    let updatedAt: String
}

struct PageDocument: Decodable, Equatable {
    let data: [ConversationDocument]
    let hasMore: Bool
    let nextCursor: String?
    let total: Int?
}

struct ProblemDocument: Decodable, Equatable {
    struct Fault: Decodable, Equatable {
        var line: Int?
        let pointer: String
        let code: String
        let detail: String
    }

    let type: String
    let title: String
    let status: Int
    let detail: String
    let instance: String
    let code: String
    let requestId: String
    let errors: [Fault]?
}

struct ImportDocument: Decodable, Equatable {
    let lines: Int
    let imported: Int
    let replaced: Int
    let skipped: Int
    let failed: Int
    let errors: [ProblemDocument.Fault]
    let errorsTruncated: Bool

    /// Imported, replaced, skipped, failed.
    var counts: [Int] { [imported, replaced, skipped, failed] }
}

struct HealthDocument: Decodable {
    struct Check: Decodable {
        let status: String
        let output: String
        let time: String
    }

    let status: String
    let releaseId: String
    let output: String?
    let checks: [String: [Check]]?
}

struct MigrationsDocument: Decodable, Equatable, Sendable {
    struct Counts: Decodable, Equatable {
        let applied: Int
        let pending: Int
        let failed: Int
    }

    struct Fault: Decodable, Equatable {
        let code: String
        let filename: String?
        let message: String
        let line: Int?
        let column: Int?
        let statement: Int?
    }

    struct Item: Decodable, Equatable {
        let version: String
        let name: String
        let filename: String
        let checksum: String?
        let state: String
        let appliedAt: String?
        let durationMs: Int?
        let error: Fault?
    }

    let state: String
    let currentVersion: String?
    let targetVersion: String?
    let counts: Counts
    let startedAt: String?
    let finishedAt: String?
    let durationMs: Int?
    let schemaAhead: Bool
    let data: [Item]
    let errors: [Fault]
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }

    func decoded<Document: Decodable>(as type: Document.Type) throws -> Document {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(body))
    }

    /// The body, made now where it is streamed.
    func collected() async throws -> String {
        guard case .stream(let produce) = content else { return text }
        var bytes: [UInt8] = []
        try await produce(BodyWriter { bytes += $0 })
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The problem that this response is; fails a test where it is none.
    var problem: ProblemDocument {
        get throws { try decoded(as: ProblemDocument.self) }
    }
}
