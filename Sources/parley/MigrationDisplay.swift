import ArgumentParser
import Database
import Migrations
import ParleyServer
import Synchronization

/// What `migrate up` tells while it runs: a line for each file, a moving one on a terminal, and nothing where the user wants it quiet.
final class MigrationDisplay: Sendable {
    enum Detail: Sendable {
        /// Errors only.
        case quiet
        /// Every file.
        case normal
        /// Every file when it begins, and every statement.
        case verbose
    }

    let detail: Detail
    private let line: ProgressLine?
    /// The number of the last file to apply; nil for all of them.
    private let target: Int?
    private let state = Mutex(State())

    private struct State {
        var plan: MigrationPlan?
        var outputFailure: ExitCode?
    }

    init(_ detail: Detail, target: Int? = nil, on terminal: Terminal = .standardError) {
        self.detail = detail
        self.target = target
        line = terminal.isInteractive && detail != .quiet ? ProgressLine(terminal) : nil
    }

    func show(_ event: MigrationEvent) {
        if case .planned(let plan) = event { state.withLock { $0.plan = plan } }
        line?.show(event)
        guard detail != .quiet, let text = text(of: event) else { return }
        tell(text)
    }

    /// What is worth to be known and is no event of a run.
    func note(_ text: String) {
        if detail != .quiet { tell(.note(text)) }
    }

    private func tell(_ text: Text) {
        guard let line else { return say(text) }
        line.whileHidden { say(text) }
    }

    /// Takes the moving line away, before an error is printed.
    func end() {
        line?.whileHidden {}
    }

    /// - Throws: the exit status where a line could not be printed: no reason to stop a run half-way, and none to be silent about.
    func requireOutput() throws {
        if let failure = state.withLock({ $0.outputFailure }) { throw failure }
    }

    private enum Text {
        case output(String)
        case note(String)
    }

    private func say(_ text: Text) {
        switch text {
        case .output(let line):
            guard state.withLock({ $0.outputFailure }) == nil else { return }
            do { try writeOutput(line + "\n") } catch { state.withLock { $0.outputFailure = error } }
        case .note(let line): writeError(Paint(.standardError).diagnosis(line))
        }
    }

    private func text(of event: MigrationEvent) -> Text? {
        switch event {
        case .applied(let file):
            .output("applied \(file.filename) (\(count(file.statements, "statement")), \(file.duration.milliseconds) ms)")
        case .appliedElsewhere(let file): .output("\(file.filename) was applied by another process in the meantime")
        case .backedUp(let path, let bytes, let duration):
            .output("backup made: \(path) (\(ByteCount.text(bytes)), \(duration.milliseconds) ms)")
        case .planned(let plan): notes(of: plan)
        case .orphansFound(let violations):
            .note(
                violations.map { key, rows in
                    "warning: \(count(rows, "row")) of \(key.table) had no parent in \(key.parent) before this run"
                }
                .sorted().joined(separator: "\n")
            )
        case .waitingForLock: .note("waiting for another process to let go of the database")
        case .started(let file, let index, let count) where detail == .verbose: .output("\(index) of \(count): \(file.filename)")
        case .statement(let file, let number) where detail == .verbose: .output("  \(file.filename): statement \(number)")
        case .finished(let result) where result.applied.isEmpty:
            .output(
                state.withLock { $0.plan }?.nothingToDo(upTo: target)
                    ?? "up to date: \(count(result.alreadyApplied, "migration")) applied before"
            )
        case .finished(let result): .output("\(count(result.applied.count, "migration")) applied in \(result.duration.milliseconds) ms")
        default: nil
        }
    }

    private func notes(of plan: MigrationPlan) -> Text? {
        guard !plan.gaps.isEmpty else { return nil }
        return .note(plan.gaps.map { "note: no file has the numbers \($0.lowerBound) to \($0.upperBound)" }.joined(separator: "\n"))
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
