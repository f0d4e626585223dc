import Database
import Migrations

/// The document that a command prints with `--json`: one object with its name, whether all is well, what it has to tell, and errors.
enum CommandDocument {
    static func make(
        _ command: String,
        ok: Bool,
        errors: [any DocumentedError] = [],
        _ body: (inout JSONWriter) -> Void = { _ in }
    ) -> [UInt8] {
        JSONWriter.object(capacity: 1024) { json in
            json.member("command", command)
            json.member("ok", ok)
            body(&json)
            json.member("errors") { $0.array(errors) { json, error in json.object(error.write) } }
        }
    }
}

/// An error that documents have.
protocol DocumentedError {
    func write(_ json: inout JSONWriter)
}

extension JSONWriter {
    /// The members that every error and every finding has.
    mutating func diagnosis(
        _ code: String,
        _ message: String,
        recovery: String,
        filename: String? = nil,
        location: SourceLocation? = nil,
        statement: Int? = nil
    ) {
        member("code", code)
        member("filename", filename)
        member("message", message)
        member("line", location?.line)
        member("column", location?.column)
        member("statement", statement)
        member("recovery", recovery)
    }
}

extension ApplicationError {
    /// What a command prints with `--json` when it fails; people get the same on standard error.
    public func document(of command: String) -> [UInt8] {
        CommandDocument.make(command, ok: false, errors: documentedErrors)
    }

    var documentedErrors: [any DocumentedError] {
        switch self {
        case .migration(let failure, _): failure.errors
        case .database(let error): [MigrationError(database: error)]
        case .backup(let error): [error]
        case .listening, .requestsCut, .tokens, .settings: []
        }
    }
}

extension MigrationError {
    /// Why a database could not be opened.
    init(database error: DatabaseError) {
        guard error.code != .corrupt, error.code != .busy else {
            self.init(error, .initialize)
            return
        }
        let isHeld = error.code == .heldByAnotherProcess
        let recovery = isHeld ? "stop that process, or wait for it" : "check the path, the file and its directory"
        self.init(isHeld ? .databaseBusy : .databaseFailed, .initialize, error.message, recovery: recovery)
        cause = error
    }
}
