import Migrations
import Synchronization

/// What a run of migrations, or of a copy's, has come to: what `parley migrate up --json` and `--dry-run` print.
public struct UpReport: Sendable {
    let isDryRun: Bool
    let applied: [AppliedFile]
    let alreadyApplied: Int
    let duration: Duration
    /// Where a run up to a number has nothing to do: what stays as it is; nil elsewhere.
    let nothingToDo: String?
    /// The path of the backup that the run began with.
    let backup: String?
    /// Why it did not reach its end; nil where it did.
    public let failure: ApplicationError?

    /// For people, of a dry run: each file that would be applied.
    public var text: String {
        let lines = applied.map { "would apply \($0.filename) (\(Self.count($0.statements, "statement")), \($0.duration.milliseconds) ms)" }
        return (failure == nil ? lines + [summary] : lines).joined(separator: "\n")
    }

    /// For people: why it failed, with the next step.
    public var diagnosis: String? {
        guard isDryRun, case .migration(let failure, let directory) = failure else { return failure?.description }
        return failure.rehearsalDiagnosis(directory: directory)
    }

    /// For machines.
    public var json: [UInt8] {
        CommandDocument.make("up", ok: failure == nil, errors: failure?.documentedErrors ?? []) { json in
            json.member("dry_run", isDryRun)
            json.member("applied") { $0.array(applied) { json, file in json.object(file.write) } }
            json.member("already_applied", alreadyApplied)
            json.member("duration_ms", duration.milliseconds)
            json.member("backup", backup)
        }
    }

    private var summary: String {
        if applied.isEmpty { return nothingToDo ?? "up to date: \(Self.count(alreadyApplied, "migration")) applied before" }
        let total = "\(Self.count(applied.count, "migration")) would be applied in \(duration.milliseconds) ms"
        return "\(total), on a copy: the database was not changed"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension AppliedFile {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("filename", filename)
        json.member("statements", statements)
        json.member("duration_ms", duration.milliseconds)
    }
}

/// An observer that keeps what a report is made of.
final class UpRecorder: Sendable {
    private struct State {
        var applied: [AppliedFile] = []
        var plan: MigrationPlan?
        var duration: Duration?
        var backup: String?
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    func record(_ event: MigrationEvent) {
        state.withLock { state in
            switch event {
            case .planned(let plan): state.plan = plan
            case .backedUp(let path, _, _): state.backup = path
            case .applied(let file): state.applied.append(file)
            case .finished(let result): state.duration = result.duration
            default: break
            }
        }
    }

    func report(isDryRun: Bool, to target: Int?, failure: ApplicationError?) -> UpReport {
        state.withLock { state in
            UpReport(
                isDryRun: isDryRun,
                applied: state.applied,
                alreadyApplied: state.plan?.entries.count { $0.appliedAt != nil } ?? 0,
                duration: state.duration ?? .now - start,
                nothingToDo: state.plan?.nothingToDo(upTo: target),
                backup: state.backup,
                failure: failure
            )
        }
    }
}
