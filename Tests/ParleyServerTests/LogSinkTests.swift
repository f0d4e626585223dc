import FoundationEssentials
import Glibc
import HTTPTesting
import Testing

@testable import ParleyServer

@Suite struct LogSinkTests {
    /// A pipe whose reader is as slow as a test wants.
    private final class Pipe: Sendable {
        let reading: CInt
        let writing: CInt

        init() {
            var ends: [CInt] = [0, 0]
            _ = unsafe pipe(&ends)
            (reading, writing) = (ends[0], ends[1])
        }

        deinit {
            close(reading)
        }

        /// What comes out, up to its end or to `count` bytes.
        func read(_ count: Int = .max) async throws -> [UInt8] {
            try await onThread {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 64 << 10)
                while bytes.count < count {
                    let received = unsafe Glibc.read(self.reading, &buffer, min(buffer.count, count - bytes.count))
                    guard received > 0 else { break }
                    bytes += buffer.prefix(received)
                }
                return bytes
            }
        }
    }

    /// On a thread of its own: a flush waits for the reader, which needs one of the tests' few threads. A machine that is busy may be
    /// slower than a flush is patient, so it is asked until all is written.
    private func flush(_ sink: LogSink) async throws {
        try await onThread { while !sink.flush() {} }
    }

    private func line(_ length: Int) -> String { "{\"x\":\"" + String(repeating: "x", count: length) + "\"}\n" }

    @Test func `lines come out whole and in order, from many threads`() async throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        async let output = pipe.read()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for number in 0..<200 { sink.append(Array("{\"task\":\(task),\"n\":\(number)}\n".utf8)) } }
            }
        }
        try await flush(sink)
        close(pipe.writing)
        let lines = String(decoding: try await output, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1600)
        for task in 0..<8 {
            let mine = lines.filter { $0.hasPrefix("{\"task\":\(task),") }
            #expect(mine.map { String($0) } == (0..<200).map { "{\"task\":\(task),\"n\":\($0)}" })
        }
    }

    @Test func `lines are written without a flush`() async throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        sink.append(Array("hello\n".utf8))
        #expect(try await pipe.read(6) == Array("hello\n".utf8))
        close(pipe.writing)
    }

    @Test(arguments: LogFormat.allCases)
    func `a reader that is far behind holds nobody up, and is told how many lines it lost`(format: LogFormat) async throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.writing, format: format)
        let line = line(1 << 20)
        // More than the pipe and the backlog hold, while nobody reads.
        for _ in 0..<20 { sink.append(Array(line.utf8)) }
        async let output = pipe.read()
        try await flush(sink)
        close(pipe.writing)
        let lines = String(decoding: try await output, as: UTF8.self).split(separator: "\n")
        let kept = lines.count { $0.count == line.count - 1 }
        #expect(kept >= 4 && kept < 20)
        let lost = lines.filter { $0.contains("log lines were lost") }
        #expect(lost.reduce(0) { $0 + (Int($1.matches(of: /\d+/).last?.output ?? "") ?? 0) } == 20 - kept)
        #expect(lost.allSatisfy { $0.hasPrefix("{") == (format == .json) && $0.contains("warning") })
    }

    @Test func `a descriptor that does not wait loses nothing while its reader is slow`() async throws {
        let pipe = Pipe()
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let sink = LogSink(descriptor: pipe.writing)
        for _ in 0..<2 { sink.append(Array(line(1 << 20).utf8)) }
        async let output = pipe.read()
        try await flush(sink)
        close(pipe.writing)
        #expect(try await output.count == 2 * line(1 << 20).utf8.count)
    }

    @Test func `a log that nobody can write holds nobody up`() async throws {
        let sink = LogSink(descriptor: -1)
        sink.append(Array("lost\n".utf8))
        try await flush(sink)
    }
}
