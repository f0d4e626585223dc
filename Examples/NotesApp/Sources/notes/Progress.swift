import Foundation
import Migrations

/// What a user sees of a run: nothing where nothing has to be done, else a line for each file.
enum Progress {
    // snippet: observer
    @Sendable static func show(_ event: MigrationEvent) {
        switch event {
        case .waitingForLock: say("waiting for another program to finish its migrations")
        case .planned(let plan) where plan.hasWork: say("bringing the notes up to date: \(plan.pending.count) files")
        case .started(let file, let index, let count): say("  [\(index)/\(count)] \(file.filename)")
        case .applied(let file): say("        \(file.statements) statements in \(file.duration)")
        case .finished(let result) where !result.applied.isEmpty: say("done in \(result.duration)")
        default: break  // Statements, failures (which are thrown as well), and what a later version may bring.
        }
    }
    // snippet end

    /// Standard error, so that the notes themselves can go into a pipe.
    private static func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
