import Dispatch
import Glibc
import Logging
import Synchronization

/// Where log lines go: a buffer that one queue writes out, so that a slow reader of standard error never holds up a request.
public final class LogSink: Sendable {
    /// A reader that is this far behind loses lines, and is told how many.
    private static let largestBacklog = 4 << 20

    /// Lines wait this long for others: to wake a thread and make a system call costs as much as a request. A crash costs the last.
    private static let delay = DispatchTimeInterval.milliseconds(20)

    /// More than what comes in that time, in bytes.
    private static let usualBatch = 256 << 10

    private struct State {
        var lines: [UInt8] = []
        var isScheduled = false
        var lost = 0
    }

    private let state = Mutex(State())
    /// What is being written, by the queue alone; its storage is exchanged with that of the lines.
    private let batch = Mutex<[UInt8]>([])
    private let queue = DispatchQueue(label: "parley.log")
    private let descriptor: CInt
    private let format: LogFormat

    /// - Parameters:
    ///   - descriptor: an open file descriptor, which stays the caller's; standard error unless said.
    ///   - format: how the line looks that tells of lost ones.
    public init(descriptor: CInt = 2, format: LogFormat = .json) {
        self.descriptor = descriptor
        self.format = format
    }

    /// Adds whole lines. The lock is held for the copy only: whoever is kept from running while he has it holds up every request.
    func append(_ lines: [UInt8]) {
        let isFirst = state.withLock { state in
            guard state.lines.count < Self.largestBacklog else {
                state.lost += 1
                return false
            }
            state.lines.append(contentsOf: lines)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.asyncAfter(deadline: .now() + Self.delay) { self.writeLines() } }
    }

    /// Returns when everything added so far has been written, or after two seconds: a reader that has stopped reading must not keep the process
    /// from ending.
    ///
    /// - Returns: whether it was all written in that time.
    @discardableResult
    public func flush() -> Bool {
        let last = DispatchWorkItem { self.writeLines() }
        queue.async(execute: last)
        return last.wait(timeout: .now() + .seconds(2)) == .success
    }

    private func writeLines() {
        let lost = batch.withLock { batch in
            // A reader that was slow once must not cost megabytes for ever.
            batch.removeAll(keepingCapacity: batch.count <= Self.usualBatch)
            let lost = take(into: &batch)
            writeAll(batch)
            return lost
        }
        guard lost > 0 else { return }
        let line = LogLine(level: .warning, message: "log lines were lost", metadata: [("count", "\(lost)")])
        writeAll(line.bytes(as: format))
    }

    /// Exchanges the lines for an empty `batch`. Returns how many were lost.
    private func take(into batch: inout [UInt8]) -> Int {
        state.withLock { state in
            swap(&state.lines, &batch)
            defer { (state.isScheduled, state.lost) = (false, 0) }
            return state.lost
        }
    }

    private func writeAll(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR || waitForRoom(errno) { continue }
            // Nobody can be told that the log cannot be written.
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Standard error may be shared with a program that has made it non-blocking; this queue can wait.
    private func waitForRoom(_ error: CInt) -> Bool {
        guard error == EAGAIN else { return false }
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&request, 1, -1) > 0
    }
}
