import Conversations
import HTTP
import HTTPTypes

/// What an import has come to: counts, and what is wrong with the lines that failed.
struct ImportReport: Sendable {
    /// An import of which every line is wrong does not get an answer of megabytes.
    static let mostErrors = 1_000

    /// Lines that are not blank.
    private(set) var lines = 0
    private(set) var imported = 0
    private(set) var replaced = 0
    private(set) var skipped = 0
    private(set) var failed = 0
    private(set) var faults: [Problem.Fault] = []
    private(set) var isTruncated = false

    /// Whether something has become of every line.
    var isComplete: Bool { imported + replaced + skipped + failed == lines }

    mutating func countLine() { lines += 1 }

    mutating func record(_ outcome: StoringOutcome, ofLine line: Int) {
        switch outcome {
        case .imported: imported += 1
        case .replaced: replaced += 1
        case .skipped: skipped += 1
        case .conflicting: fail(line, [Problem.Fault(pointer: "/id", code: "id-exists", detail: "is the id of another conversation")])
        case .refused: fail(line, [Problem.Fault(pointer: "", code: "refused", detail: "a constraint of the database refuses it")])
        }
    }

    mutating func fail(_ line: Int, _ lineFaults: [Problem.Fault]) {
        failed += 1
        for var fault in lineFaults {
            guard faults.count < Self.mostErrors else { return isTruncated = true }
            fault.line = line
            faults.append(fault)
        }
    }

    /// What the database refuses is known after what is wrong with the lines behind it.
    private var faultsByLine: [Problem.Fault] { faults.sorted { ($0.line ?? 0) < ($1.line ?? 0) } }

    var response: Response {
        let body = JSONWriter.object { json in
            json.member("lines", lines)
            json.member("imported", imported)
            json.member("replaced", replaced)
            json.member("skipped", skipped)
            json.member("failed", failed)
            json.member("errors") { $0.array(faultsByLine) { json, fault in json.object(fault.write) } }
            json.member("errors_truncated", isTruncated)
        }
        return Response(status: .ok, headers: [.contentType: MediaType.json, .cacheControl: "no-store"], body: body)
    }

    /// The answer where a single line that fails means that nothing is stored.
    var problem: Problem {
        var problem = Problem(
            .validationFailed,
            "\(failed) of \(lines) lines cannot be imported, and nothing has changed; errors has the reasons, at most \(Self.mostErrors)"
        )
        problem.faults = faultsByLine
        return problem
    }
}

/// What ended an import in the middle; lines up to one are stored.
struct ImportInterruption: Error, CustomStringConvertible {
    let cause: any Error
    /// The last line that was looked at and stored, if nothing was wrong with it.
    let line: Int

    var description: String { "the import broke off after line \(line): \(cause)" }
}

extension Problem {
    init(_ interruption: ImportInterruption) {
        let cause = Problem(interruption.cause)
        let advice = "lines up to \(interruption.line) are done; send the rest, or all of it with on_conflict=skip"
        self.init(cause.code, "\(cause.detail); \(interruption.line == 0 ? "nothing was imported" : advice)")
        (headers, retryAfter, closesConnection) = (cause.headers, cause.retryAfter, cause.closesConnection)
    }
}
