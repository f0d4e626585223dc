import Migrations

/// `parley migrate status`, for people.
struct MigrationStatusTable {
    let progress: MigrationProgress

    var text: String {
        ([header] + progress.items.map(line) + ["", progress.summary]).joined(separator: "\n")
    }

    private var header: String { row("STATE", "APPLIED AT", "FILE") }

    private func line(_ item: MigrationProgress.Item) -> String {
        row(item.status.rawValue, item.appliedAt.map { String($0.prefix(19)) + "Z" } ?? "-", item.filename)
    }

    private func row(_ state: String, _ time: String, _ file: String) -> String {
        "\(state.padded(to: 14))\(time.padded(to: 22))\(file)"
    }
}
