import Conversations
import Migrations

extension MigrationProgress {
    /// The document of `GET /migrations`.
    var document: [UInt8] { document { _ in } }

    /// The same for `parley migrate status --json`: every command's document begins with what it is, and whether all is well.
    var statusDocument: [UInt8] {
        document { json in
            json.member("command", "status")
            json.member("ok", errors.isEmpty)
        }
    }

    private func document(_ begin: (inout JSONWriter) -> Void) -> [UInt8] {
        JSONWriter.object(capacity: 512 + items.count * 300) { json in
            begin(&json)
            json.member("state", state.rawValue)
            json.member("current_version", currentVersion)
            json.member("target_version", targetVersion)
            json.member("counts") { $0.object(writeCounts) }
            json.member("started_at", startedAt?.description)
            json.member("finished_at", finishedAt?.description)
            json.member("duration_ms", duration?.milliseconds)
            json.member("schema_ahead", isSchemaAhead)
            json.member("data") { $0.array(items) { json, item in json.object(item.write) } }
            json.member("errors") { $0.array(errors) { json, error in json.object(error.write) } }
        }
    }

    private func writeCounts(_ json: inout JSONWriter) {
        json.member("applied", items.count { $0.appliedAt != nil })
        json.member("pending", count(.pending, .outOfOrder, .running, .skipped))
        json.member("failed", count(.failed))
    }
}

extension MigrationProgress.Item {
    func write(_ json: inout JSONWriter) {
        json.member("version", version)
        json.member("name", name)
        json.member("filename", filename)
        json.member("checksum", checksum)
        json.member("state", status.rawValue)
        json.member("applied_at", appliedAt)
        json.member("duration_ms", duration?.milliseconds)
        if let error { json.member("error") { $0.object(error.write) } } else { json.null("error") }
    }
}

extension MigrationError: DocumentedError {
    /// The shape of an error in every document: of `/migrations`, and of each command's `--json`.
    func write(_ json: inout JSONWriter) {
        json.diagnosis(code.rawValue, message, recovery: recovery, filename: filename, location: location, statement: statement)
    }
}
