import Database

extension BackupError: DocumentedError {
    /// No migration file is concerned, and so no place in one.
    func write(_ json: inout JSONWriter) {
        json.diagnosis(code.rawValue, message, recovery: recovery)
    }
}
