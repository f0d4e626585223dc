import Database
import Glibc
import Migrations
import ParleyServer

/// What `migrate up` tells while it runs: a line for each file, a moving one on a terminal, and nothing where the user wants it quiet.
struct MigrationDisplay: Sendable {
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

    init(_ detail: Detail, on terminal: Terminal = .standardError) {
        self.detail = detail
        line = terminal.isInteractive && detail != .quiet ? ProgressLine(terminal) : nil
    }

    func show(_ event: MigrationEvent) {
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

    private enum Text {
        case output(String)
        case note(String)
    }

    private func say(_ text: Text) {
        switch text {
        case .output(let line):
            print(line)
            // Into a pipe or a file, print would keep the lines until the process ends, or lose them when it is killed.
            fflush(nil)
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
            .output("up to date: \(count(result.alreadyApplied, "migration")) applied before")
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
