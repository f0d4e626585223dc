import ArgumentParser
import ParleyServer

/// How a command tells what it has to tell.
struct ReportOptions: ParsableArguments {
    @Flag(help: "Print one JSON document to standard output, also when the command fails.")
    var json = false

    @Flag(help: "Print errors only; the exit status has the answer.")
    var quiet = false

    /// Prints a report to standard output, in the form that was asked for; one for people may hold a diff.
    func showDiff(_ text: String, _ document: [UInt8]) throws(ExitCode) {
        try show(Paint(.standardOutput).diff(text), document)
    }

    /// Prints a report to standard output, in the form that was asked for.
    func show(_ text: String, _ document: [UInt8]) throws(ExitCode) {
        guard json || !quiet else { return }
        try writeOutput(json ? String(decoding: document, as: UTF8.self) : text)
    }

    /// Runs a command's work; an error goes to standard error for people and, if asked for, to standard output for machines.
    func exitingWithStatus(of command: String, _ body: () async throws -> Void) async throws {
        try await parley.exitingWithStatus {
            do {
                try await body()
            } catch let error as ApplicationError {
                if json { try writeOutput(String(decoding: error.document(of: command), as: UTF8.self)) }
                throw error
            }
        }
    }
}

/// For commands that change the record, and so need the database to themselves.
struct HoldingOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.lockTimeout))
    var lockTimeout: String?

    var flags: [SettingKey: String?] { [.lockTimeout: lockTimeout] }

    /// What people are told while they wait.
    static func sayThatItWaits(_ text: String) {
        writeError(text)
    }
}

/// For commands that compare schemas.
struct ComparisonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Leave a table out, with its indexes and triggers, because another program keeps it. May be given several times.",
            valueName: "table"
        )
    )
    var ignore: [String] = []
}
