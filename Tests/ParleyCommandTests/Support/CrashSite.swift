import Database
import DatabaseTesting
import FoundationEssentials
import Logging
import Migrations
import Testing

/// A database on which processes run migrations and die, and what it has to look like after each whole file.
struct CrashSite: Sendable {
    typealias Journal = SQLiteConfiguration.Journal

    /// Schema and data; files that only change data, and would show if they ran twice; and transactions that outgrow SQLite's page cache (2 MB),
    /// so that pages of an unfinished transaction reach the disk before its end.
    static let files = [
        "001_accounts.sql": """
        CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
        INSERT INTO account VALUES (1, 100), (2, 200), (3, 300);
        """,
        "002_interest.sql": "UPDATE account SET balance = balance * 2 + id;",
        "003_pages.sql": """
        CREATE TABLE page (id INTEGER PRIMARY KEY, body NOT NULL);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45) INSERT INTO page SELECT i, zeroblob(60000) FROM n;
        UPDATE page SET body = 'page ' || id;
        """,
        "004_rewrite.sql": """
        UPDATE account SET balance = balance + 1;
        UPDATE page SET body = zeroblob(60000);
        UPDATE page SET body = 'rewritten ' || id;
        CREATE UNIQUE INDEX page_body ON page (body);
        """,
        "005_total.sql": "UPDATE account SET balance = balance * 3 + (SELECT count(*) FROM page);",
    ]

    /// Sizes at which files stop growing, from the first pages to the middle of the transactions that outgrow the cache.
    static let limits = [20_000, 33_000, 50_000, 300_000, 1_000_000, 2_500_000]

    /// Those that let the database be opened, which maps 32 KiB of shared memory: before the run has begun nobody can say in which thread a
    /// write reaches the limit, and Dispatch's threads block the signal that is to kill.
    static let deadlyLimits = limits.filter { $0 > 32_768 }

    static let program = "MigrationProcess"

    let directory: TemporaryDirectory
    var database: String { directory.file("test.db") }
    private var migrations: String { directory.file("migrations") }
    /// What the command takes, for a shell.
    var options: String { "--database '\(database)' --migrations '\(migrations)'" }

    init() throws {
        directory = try Workplace(shipped: false).directory
        try add(Array(Self.files.keys))
    }

    /// A process on a database, which is this site's own where no other is named.
    func process(_ journal: Journal, on database: String? = nil, _ orders: String...) throws -> Parley {
        try Parley(arguments(journal, on: database) + orders, program: Self.program)
    }

    func arguments(_ journal: Journal, on database: String? = nil) -> [String] {
        [database ?? self.database, migrations, "journal=\(journal == .rollback ? "rollback" : "wal")"]
    }

    /// The names of the events of a run that nothing disturbs.
    func events(_ journal: Journal) async throws -> [String] {
        let process = try process(journal, on: directory.file("undisturbed.db"))
        #expect(await process.exit() == 0)
        return await process.output.whole().split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    /// Puts a statement that never ends behind those of 003, which have filled the cache and are in part on the disk.
    ///
    /// - Returns: the number of the event with which it begins.
    func addEndlessStatement() throws -> Int {
        try directory.write(Self.files["003_pages.sql"]! + "\n\(Workplace.endless)", to: "migrations/003_pages.sql")
        // The plan; of 001 its start, two statements and the commit; three of 002; of 003 its start and the fourth statement.
        return 1 + 4 + 3 + 5
    }

    func removeEndlessStatement() throws { try add(["003_pages.sql"]) }

    func add(_ names: [String]) throws {
        for name in names { try directory.write(Self.files[name]!, to: "migrations/\(name)") }
    }

    func remove(_ names: [String]) throws {
        for name in names { try FileManager.default.removeItem(atPath: "\(migrations)/\(name)") }
    }

    /// What an undisturbed database looks like after each number of whole files, from none to all.
    func prefixes() async throws -> [[String]] { try await Self.prefixes.value }

    /// The same for every test, and much work, so done once.
    private static let prefixes = Task {
        let site = try CrashSite()
        let database = try await SQLiteDatabase.open(SQLiteConfiguration(location: .memory), logger: .silent)
        var prefixes: [[String]] = [[]]
        for target in 1...5 {
            try await site.service(on: database, MigrationOptions(target: target)).runMigrations()
            prefixes.append(try await database.content())
        }
        return prefixes
    }

    /// Expects that the database is sound, holds whole files only, and comes to the same end as one that nothing has disturbed.
    ///
    /// - Returns: how many files the disturbed process has left behind.
    @discardableResult
    func survey(_ journal: Journal, at path: String? = nil, against prefixes: [[String]], _ comment: Comment) async throws -> Int {
        let database = try await open(journal, at: path)
        let count = try await MigrationTracking(database: database, logger: .silent).appliedMigrations().count
        #expect(try await database.content() == prefixes[count], comment)
        #expect(try await database.isSound, comment)
        #expect(try await service(on: database).runMigrations().applied.count == 5 - count, comment)
        #expect(try await database.content() == prefixes[5], comment)
        #expect(try await database.isSound, comment)
        try await database.close()
        return count
    }

    func open(_ journal: Journal, at path: String? = nil) async throws -> SQLiteDatabase {
        let location = SQLiteConfiguration.Location.file(path ?? database)
        return try await SQLiteDatabase.open(SQLiteConfiguration(location: location, journal: journal, readers: 1), logger: .silent)
    }

    func service(on database: SQLiteDatabase, _ options: MigrationOptions = MigrationOptions()) -> MigrationService {
        MigrationService(database: database, directory: migrations, options: options, logger: .silent)
    }
}

extension DatabaseBridge {
    /// Everything but the record's table itself, which a run makes before its first file.
    fileprivate func content() async throws -> [String] {
        try await snapshot().filter { !$0.hasPrefix("table migrations:") }
    }

    fileprivate var isSound: Bool {
        get async throws { try await query("PRAGMA integrity_check") { $0.text(0) } == ["ok"] }
    }
}

extension Logger {
    fileprivate static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}
