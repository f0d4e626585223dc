import DatabaseTesting
import FoundationEssentials
import Glibc

@testable import ParleyServer

/// A sink that writes to a file, to be read when it has been flushed.
final class LogFile: Sendable {
    private let directory: TemporaryDirectory
    private let descriptor: CInt
    let sink: LogSink

    init() throws {
        directory = try TemporaryDirectory()
        descriptor = unsafe open(directory.file("log"), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o600)
        sink = LogSink(descriptor: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Every line so far.
    func lines() throws -> [String] {
        sink.flush()
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: directory.file("log"))), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Every line as a JSON object whose values are read as text.
    func objects() throws -> [[String: String]] {
        try lines().map { line in
            try JSONDecoder().decode([String: LogValue].self, from: Data(line.utf8)).mapValues(\.text)
        }
    }
}

/// Text, a number or null.
private struct LogValue: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else {
            text = container.decodeNil() ? "null" : "\(try container.decode(Double.self))"
        }
    }
}
