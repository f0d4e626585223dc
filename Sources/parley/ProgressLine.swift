import Glibc
import Migrations
import Synchronization

/// One line of a terminal that shows how far a run is, written over as it goes on: files, the running one with its statement, the time, and
/// something that moves while a statement takes long.
final class ProgressLine: Sendable {
    /// What the line shows.
    struct Content: Sendable, Equatable {
        var index = 0
        var count = 0
        var file = ""
        var statement = 0
        /// How often it has been drawn, which is what moves.
        var frame = 0

        /// `[####------] 3 of 7  003_x.sql  statement 12  4.2 s -`, cut to the width of the terminal.
        func text(after elapsed: Duration, width: Int) -> String {
            let done = count == 0 ? 0 : 20 * (index - 1) / count
            let bar = String(repeating: "#", count: done) + String(repeating: "-", count: 20 - done)
            let seconds = Double(elapsed.milliseconds / 100) / 10
            let spinner = Array("|/-\\")[frame % 4]
            return String(
                "[\(bar)] \(index) of \(count)  \(file)  statement \(statement)  \(seconds) s \(spinner)".prefix(max(0, width - 1))
            )
        }
    }

    private struct State {
        var content: Content?
        var isDrawn = false
    }

    private let terminal: Terminal
    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let clock = Mutex<Task<Void, any Error>?>(nil)

    /// It is drawn ten times a second, whatever happens in between: a run of a thousand small files is not held up by its picture.
    init(_ terminal: Terminal) {
        self.terminal = terminal
        let ticking = Task { [weak self] in
            while true {
                try await Task.sleep(for: .milliseconds(100))
                self?.draw()
            }
        }
        clock.withLock { $0 = ticking }
    }

    deinit {
        clock.withLock { $0?.cancel() }
    }

    func show(_ event: MigrationEvent) {
        state.withLock { state in
            switch event {
            case .started(let file, let index, let count): state.content = Content(index: index, count: count, file: file.filename)
            case .statement(_, let number): state.content?.statement = number
            case .finished, .failed: state.content = nil
            default: break
            }
        }
    }

    /// Runs `body`, which prints, with the line out of its way.
    func whileHidden(_ body: () -> Void) {
        state.withLock { state in
            if state.isDrawn { write("\r\u{1B}[K") }
            state.isDrawn = false
            body()
        }
    }

    private func draw() {
        state.withLock { state in
            guard let content = state.content else { return }
            write("\r\u{1B}[K" + content.text(after: .now - start, width: terminal.width))
            state.content?.frame += 1
            state.isDrawn = true
        }
    }

    private func write(_ text: String) {
        _ = unsafe text.withCString { unsafe Glibc.write(terminal.descriptor, $0, text.utf8.count) }
    }
}
