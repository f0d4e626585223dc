import Database
import DatabaseTesting
import Glibc
import Logging
import Migrations

/// A migrations directory and a database file of a test's own.
final class MigrationFixture: Sendable {
    let root: TemporaryDirectory
    var migrations: String { root.file("migrations") }
    var databasePath: String { root.file("test.db") }

    init(_ files: [String: FileContent] = [:]) throws {
        root = try TemporaryDirectory()
        unsafe mkdir(migrations, 0o755)
        try add(files)
    }

    func add(_ files: [String: FileContent]) throws {
        for (name, content) in files { try content.write(to: "migrations/\(name)", in: root) }
    }

    func remove(_ name: String) {
        unsafe unlink("\(migrations)/\(name)")
    }

    func open() async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(SQLiteConfiguration(location: .file(databasePath), readers: 1))
    }

    func service(
        _ database: any DatabaseBridge,
        _ options: MigrationOptions = MigrationOptions(),
        logger: Logger = .silent,
        observer: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) -> MigrationService {
        MigrationService(database: database, directory: migrations, options: options, logger: logger, observer: observer)
    }

    /// Runs the migrations on a connection of its own and returns the files that were applied.
    @discardableResult
    func migrate(_ options: MigrationOptions = MigrationOptions()) async throws -> [String] {
        let database = try await open()
        let result = try await service(database, options).runMigrations()
        try await database.close()
        return result.applied.map(\.filename)
    }
}

/// What is put into a migrations directory.
enum FileContent: Sendable, ExpressibleByStringLiteral {
    case text(String)
    case bytes([UInt8])
    case symbolicLink(to: String)
    case directory
    case pipe

    init(stringLiteral value: String) { self = .text(value) }

    func write(to name: String, in directory: TemporaryDirectory) throws {
        switch self {
        case .text(let text): try directory.write(text, to: name)
        case .bytes(let bytes): try directory.write(bytes, to: name)
        case .symbolicLink(let destination): unsafe symlink(destination, directory.file(name))
        case .directory: unsafe mkdir(directory.file(name), 0o755)
        case .pipe: unsafe mkfifo(directory.file(name), 0o644)
        }
    }
}

extension Logger {
    /// Tests that fail on purpose would fill the log.
    static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}

/// Runs `body`, which has to throw a ``MigrationFailure``, and returns it.
func migrationFailure(_ body: () async throws -> Void) async throws -> MigrationFailure {
    do { try await body() } catch let failure as MigrationFailure { return failure }
    throw ConformanceMissed.noFailure
}

enum ConformanceMissed: Error { case noFailure }
