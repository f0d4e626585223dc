public import Database
import Foundation
public import Logging
public import Migrations

/// The schema of the notes, which every program that opens the database brings up to date first.
public enum Schema {
    /// Where the build has put the migration files.
    public static var directory: String { Bundle.module.bundlePath + "/Migrations" }

    // snippet: service
    /// The engine on a database: plans, and applies what is pending.
    public static func migrations(
        on database: any DatabaseBridge,
        options: MigrationOptions = MigrationOptions(),
        logger: Logger = Logger(label: "notes.migrations"),
        observer: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) -> MigrationService {
        MigrationService(database: database, directory: directory, options: options, logger: logger, observer: observer)
    }
    // snippet end
}

extension Logger {
    /// For programs whose observer tells the user already what the log would.
    public static var silent: Logger { Logger(label: "notes") { _ in SwiftLogNoOpLogHandler() } }
}
