import Conversations
import Database
import HTTP

/// `POST /conversations/import`: reads lines while they arrive, and stores them.
struct ConversationImport: Sendable {
    /// Lines in one transaction: other writers wait for a few milliseconds, and the flush of the disk is shared by many.
    private static let batchSize = 500

    let repository: ConversationRepository
    let rule: ConflictRule

    /// Stores the good lines, some hundred in a transaction.
    ///
    /// - Throws: ``ImportInterruption``.
    func run(_ chunks: RequestBody) async throws -> ImportReport {
        var (reader, done) = (ImportReader(), 0)
        do {
            var chunk: [UInt8]?
            repeat {
                chunk = try await chunks.next()
                let lines = await Self.read(chunk, &reader)
                for start in stride(from: 0, to: lines.count, by: Self.batchSize) {
                    let batch = Array(lines[start..<min(start + Self.batchSize, lines.count)])
                    try await store(batch, &reader.report)
                    done = batch.last?.number ?? done
                }
            } while chunk != nil
            return reader.report
        } catch {
            throw ImportInterruption(cause: error, line: done)
        }
    }

    /// Stores all lines, or none where one of them is wrong.
    ///
    /// - Parameter directory: where the lines are kept until the last one has come.
    /// - Throws: ``Problem`` `validation-failed`, `DatabaseError`, what the body throws; nothing is stored then.
    func runAtomically(_ chunks: RequestBody, spoolingIn directory: String) async throws -> ImportReport {
        let spool = try ImportSpool(in: directory)
        var reader = ImportReader()
        var chunk: [UInt8]?
        repeat {
            chunk = try await chunks.next()
            try await Self.spool(chunk, &reader, spool)
        } while chunk != nil
        guard reader.report.failed == 0 else { throw reader.report.problem }
        return try await repository.storing(rule) { [report = reader.report] store in
            var report = report
            try spool.forEach { line in report.record(try store(line.conversation), ofLine: line.number) }
            guard report.failed == 0 else { throw report.problem }
            guard report.isComplete else { throw DatabaseError(.ioFailure, "the file of an import has not given back what was written") }
            return report
        }
    }

    private func store(_ lines: [ImportLine], _ report: inout ImportReport) async throws {
        let outcomes = try await repository.storing(rule) { store in try lines.map { try store($0.conversation) } }
        for (line, outcome) in zip(lines, outcomes) { report.record(outcome, ofLine: line.number) }
    }

    // What takes a processor for milliseconds happens beside the event loop, whose other connections go on.

    private static func read(_ chunk: [UInt8]?, _ reader: inout ImportReader) async -> [ImportLine] {
        let (lines, after) = await besideTheLoop { [reader] in
            var reader = reader
            return (reader.read(chunk), reader)
        }
        reader = after
        return lines
    }

    private static func spool(_ chunk: [UInt8]?, _ reader: inout ImportReader, _ spool: ImportSpool) async throws {
        reader = try await besideTheLoop { [reader] in
            var reader = reader
            try spool.write(reader.read(chunk))
            return reader
        }
    }
}

/// Runs `body` on one of Swift's own threads.
private func besideTheLoop<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async rethrows -> Result {
    try await withTaskExecutorPreference(globalConcurrentExecutor) { try body() }
}
