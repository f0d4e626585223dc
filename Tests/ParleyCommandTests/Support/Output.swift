import Glibc
import HTTPTesting
import Synchronization

/// What a process writes into a pipe, as it comes.
final class Output: Sendable {
    private struct State {
        var text = ""
        var hasEnded = false
        var waiting: [(isDue: @Sendable (String) -> Bool, continuation: CheckedContinuation<String, Never>)] = []
    }

    private let state = Mutex(State())
    private let descriptor: CInt

    /// Reads on a thread of its own, to the end.
    init(of descriptor: CInt) {
        self.descriptor = descriptor
        Task {
            try await onThread {
                var buffer = [UInt8](repeating: 0, count: 16 << 10)
                while case let count = unsafe read(descriptor, &buffer, buffer.count), count > 0 {
                    self.add(String(decoding: buffer.prefix(count), as: UTF8.self))
                }
                close(descriptor)
                self.end()
            }
        }
    }

    /// Everything that was written, once the process has closed its end.
    func whole() async -> String {
        await wait { _ in false }
    }

    /// The first line with `text` in it; nil where the output ends without one.
    func line(containing text: String) async -> String? {
        let soFar = await wait { $0.split(separator: "\n", omittingEmptySubsequences: false).dropLast().contains { $0.contains(text) } }
        return soFar.split(separator: "\n").first { $0.contains(text) }.map(String.init)
    }

    /// Closes the reading end, as a reader does that ends: the process gets an error for what it writes from now on.
    func stopReading() {
        // Closing it would leave the thread in read(2) with the pipe; another file in its place takes the pipe away from it.
        let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(null, descriptor)
        close(null)
    }

    private func wait(until isDue: @escaping @Sendable (String) -> Bool) async -> String {
        await withCheckedContinuation { continuation in
            let text: String? = state.withLock { state in
                if state.hasEnded || isDue(state.text) { return state.text }
                state.waiting.append((isDue, continuation))
                return nil
            }
            if let text { continuation.resume(returning: text) }
        }
    }

    private func add(_ text: String) {
        resumeDue { state in state.text += text }
    }

    private func end() {
        resumeDue { state in state.hasEnded = true }
    }

    private func resumeDue(_ change: @Sendable (inout State) -> Void) {
        let (due, text) = state.withLock { state in
            change(&state)
            let isDue = { (waiting: (isDue: @Sendable (String) -> Bool, CheckedContinuation<String, Never>)) in
                state.hasEnded || waiting.isDue(state.text)
            }
            let due = state.waiting.filter(isDue).map(\.continuation)
            state.waiting.removeAll(where: isDue)
            return (due, state.text)
        }
        for continuation in due { continuation.resume(returning: text) }
    }
}
