import Conversations

/// A line of an import, made into a conversation.
struct ImportLine: Sendable {
    /// From 1.
    let number: Int
    let conversation: Conversation
}

/// Reads the lines of an import from what comes of its body.
struct ImportReader: Sendable {
    private var splitter = LineSplitter()
    private var number = 0
    /// Counts, and what is wrong with lines that are no conversations.
    var report = ImportReport()

    /// The conversations of the lines that end in `chunk`; nil for the end of the body.
    mutating func read(_ chunk: [UInt8]?) -> [ImportLine] {
        var (splitter, lines) = (splitter, [ImportLine]())
        self.splitter = LineSplitter()
        let take: (LineSplitter.Line) -> Void = { line in
            if let line = read(line) { lines.append(line) }
        }
        if let chunk { splitter.split(chunk, take) } else { splitter.finish(take) }
        self.splitter = splitter
        return lines
    }

    private mutating func read(_ line: LineSplitter.Line) -> ImportLine? {
        number += 1
        guard case .whole(let bytes) = line else { return fail(Self.tooLong) }
        guard !Self.isBlank(bytes) else { return nil }
        do throws(Problem) {
            let payload = try ConversationPayload(bytes, for: .importing)
            report.countLine()
            return ImportLine(number: number, conversation: Conversation(importing: payload))
        } catch {
            return fail(error.faults.isEmpty ? [Problem.Fault(pointer: "", code: error.code.rawValue, detail: error.detail)] : error.faults)
        }
    }

    private mutating func fail(_ faults: [Problem.Fault]) -> ImportLine? {
        report.countLine()
        report.fail(number, faults)
        return nil
    }

    private static let tooLong = [
        Problem.Fault(pointer: "", code: "too-long", detail: "a line has at most \(LineSplitter.longestLine) bytes")
    ]

    /// Whether there is nothing but white space, or a byte order mark, on a line.
    private static func isBlank(_ line: [UInt8]) -> Bool {
        let text = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line[...]
        return text.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}

extension Conversation {
    /// What a line leaves out is what a new conversation would have; one time stands for the other.
    fileprivate init(importing payload: ConversationPayload) {
        let createdAt = payload.createdAt ?? payload.updatedAt ?? .now()
        self.init(
            id: payload.id ?? .new(),
            title: (payload.title ?? .standard).text,
            createdAt: createdAt,
            updatedAt: payload.updatedAt ?? createdAt
        )
    }
}
