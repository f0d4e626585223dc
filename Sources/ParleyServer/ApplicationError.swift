public import Database
public import HTTP
import Logging
public import Migrations

/// Why a command ended without success.
public enum ApplicationError: Error, Sendable {
    case migration(MigrationFailure, directory: String)
    case database(DatabaseError)
    case backup(BackupError)
    case listening(ServerError)
    case tokens(TokenFileError)
    /// A setting that cannot be used with the others.
    case settings(SettingsError)
    /// The time to stop had passed while requests were still under way.
    case requestsCut(Int)

    /// What `error` means, if it is one of these.
    init?(_ error: any Error, _ settings: Settings) {
        switch error {
        case let error as ApplicationError: self = error
        case let failure as MigrationFailure: self = .migration(failure, directory: settings.migrations)
        case let error as DatabaseError: self = .database(error)
        case let error as BackupError: self = .backup(error)
        case let error as ServerError: self = .listening(error)
        case let error as TokenFileError: self = .tokens(error)
        case let error as SettingsError: self = .settings(error)
        default: return nil
        }
    }

    /// The exit status of the process, for scripts. Documented in the README and in `parley --help`.
    public var exitCode: Int32 {
        switch self {
        case .requestsCut: 1
        case .database(let error): [.heldByAnotherProcess, .busy].contains(error.code) ? 4 : 2
        case .backup(let error): error.exitCode
        case .migration(let failure, _): failure.exitCode
        case .listening: 5
        case .tokens, .settings: 64
        }
    }
}

extension ApplicationError {
    /// Why there is no server, for the log; nil where the log has it already.
    var reason: String? {
        switch self {
        case .database(let error): error.message
        case .backup(let error): error.message
        case .listening(let error): error.description
        case .tokens(let error): error.description
        case .settings(let error): error.description
        case .migration, .requestsCut: nil
        }
    }
}

extension ApplicationError {
    /// Logs why there is no server, where the log does not have it already.
    public func log(to sink: LogSink, as format: LogFormat) {
        guard let reason else { return }
        LogLine(level: .critical, message: "cannot serve", metadata: [("reason", reason)] + advice).write(to: sink, as: format)
    }

    private var advice: [(String, String)] {
        guard case .database(let error) = self else { return [] }
        let explained = MigrationError(database: error)
        return [("code", explained.code.rawValue), ("recovery", explained.recovery)]
    }
}

extension ApplicationError: CustomStringConvertible {
    /// What standard error gets.
    public var description: String {
        switch self {
        case .migration(let failure, let directory): failure.diagnosis(directory: directory)
        case .database(let error): MigrationError(database: error).diagnosis(directory: "")
        case .backup(let error): error.description
        case .listening(let error): "error: \(error.description)"
        case .tokens(let error): "error: \(error.description)"
        case .settings(let error): "error: \(error.description)"
        case .requestsCut(let count): "error: the time to stop has passed; requests cut: \(count)"
        }
    }
}

extension MigrationFailure {
    /// Where no file is to blame, it is the database, and the status is the same as when it could not be opened.
    fileprivate var exitCode: Int32 {
        guard errors.allSatisfy({ $0.filename == nil }) else { return 3 }
        return switch errors[0].code {
        case .databaseBusy: 4
        case .databaseFailed, .storageFull, .backupFailed: 2
        default: 3
        }
    }
}

extension BackupError {
    fileprivate var exitCode: Int32 {
        switch code {
        case .unsound: 1
        case .databaseHeld: 4
        case .cancelled: 3
        default: 2
        }
    }
}
