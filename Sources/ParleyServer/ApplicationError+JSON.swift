import Database
import Migrations

extension ApplicationError {
    /// What a command's document is where it has nothing but its failure to tell.
    ///
    /// - Parameter command: such as `backup create`.
    public func document(command: String) -> [UInt8] {
        JSONWriter.object { json in
            json.member("command", command)
            json.member("ok", false)
            writeErrors(to: &json)
        }
    }

    /// The member `errors`, in which every error has the same members.
    func writeErrors(to json: inout JSONWriter) {
        json.member("errors") { json in
            switch self {
            case .migration(let failure, _): json.array(failure.errors) { json, error in json.object(error.write) }
            case .database(let error): json.array([MigrationError(error, .initialize)]) { json, error in json.object(error.write) }
            case .backup(let error): json.array([error]) { json, error in json.object(error.write) }
            case .listening, .requestsCut: json.array([String]()) { $0.string($1) }
            }
        }
    }
}

extension JSONWriter {
    /// The member `errors` of a document in which all is well.
    mutating func noErrors() {
        member("errors") { $0.array([String]()) { $0.string($1) } }
    }
}

extension BackupError {
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
