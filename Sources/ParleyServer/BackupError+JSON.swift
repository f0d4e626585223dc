import Database

extension BackupError: DocumentedError {
    /// No migration file is concerned, and so no place in one.
    func write(_ json: inout JSONWriter) {
        json.member("code", code.rawValue)
        json.null("filename")
        json.member("message", message)
        json.null("line")
        json.null("column")
        json.null("statement")
        json.member("recovery", recovery)
    }
}
