import DatabaseTesting
import FoundationEssentials
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct MigrateVerifyTests {
    private let workplace: Workplace

    init() async throws {
        workplace = try Workplace()
        try workplace.write("CREATE VIRTUAL TABLE search USING fts5(title);", to: "002_search.sql")
        _ = try await workplace.migrate("up")
    }

    @Test func `a database without drift is 0`() async throws {
        let result = try await workplace.migrate("verify")
        #expect(result.status == 0 && result.output == "no drift: the schema is what 2 applied migrations make (4 objects)\n", "\(result)")
        #expect(result.errors.isEmpty)
    }

    @Test func `drift is 1, with a diff and the next step`() async throws {
        try await workplace.byHand("DROP INDEX conversations_newest_first", "CREATE TABLE extra (x)")
        let result = try await workplace.migrate("verify")
        #expect(result.status == 1 && result.errors.isEmpty)
        let diff = """
            --- what the migrations make
            +++ what the database has
            @@ table extra: unexpected @@
            +CREATE TABLE extra (x)
            @@ index conversations_newest_first on conversations: missing @@
            -CREATE INDEX conversations_newest_first ON conversations (created_at DESC, id DESC)
            drift: 1 missing, 1 unexpected
              next: write a migration
            """
        #expect(result.output.hasPrefix(diff) && result.output.contains("--ignore NAME (unexpected: extra)"), "\(result.output)")
    }

    @Test func `quiet says it with the status alone`() async throws {
        try await workplace.byHand("CREATE TABLE extra (x)")
        let drift = try await workplace.migrate("verify", "--quiet")
        #expect(drift == (1, "", ""))
        #expect(try await workplace.migrate("verify", "--quiet", "--ignore", "Extra") == (0, "", ""))
    }

    @Test func `json is one object, with drift and with errors`() async throws {
        try await workplace.byHand("CREATE TABLE extra (x)")
        let drift = try await workplace.migrate("verify", "--json")
        let expected = """
            {"command":"verify","ok":false,"replayed":["001_create_conversations.sql","002_search.sql"],"unknown":[],"pending":[],"objects":4,\
            "differences":[{"state":"unexpected","type":"table","name":"extra","table":"extra","expected":null,\
            "actual":"CREATE TABLE extra (x)"}],"errors":[]}

            """
        #expect(drift.status == 1 && drift.output == expected && drift.errors.isEmpty, "\(drift)")
        try workplace.write("CREATE TABLE other (x);", to: "002_search.sql")
        let failure = try await workplace.migrate("verify", "--json")
        #expect(failure.status == 3 && failure.errors.contains("checksum-mismatch"))
        let prefix = #"{"command":"verify","ok":false,"errors":[{"code":"checksum-mismatch","filename":"002_search.sql","#
        #expect(failure.output.hasPrefix(prefix), "\(failure.output)")
    }

    @Test func `a newer schema is 3 unless it is allowed, and then what is not known is named`() async throws {
        try FileManager.default.removeItem(atPath: "\(workplace.migrations)/002_search.sql")
        let refused = try await workplace.migrate("verify")
        #expect(refused.status == 3 && refused.errors.contains("--allow-newer-schema, or name the right directory with --migrations"))
        let allowed = try await workplace.migrate("verify", "--allow-newer-schema")
        #expect(allowed.status == 1 && allowed.output.contains("@@ table search: unexpected @@"), "\(allowed)")
        #expect(allowed.output.hasSuffix("note: recorded, but not replayed, since no file here has them: 002_search.sql\n"), "\(allowed)")
        #expect(try await workplace.migrate("verify", "--allow-newer-schema", "--ignore", "search").status == 0)
        #expect(try await workplace.migrate("status", "--exit-code").status == 2)
        #expect(try await workplace.migrate("status", "--exit-code", "--allow-newer-schema").status == 0)
        #expect(try await workplace.migrate("repair").status == 3)
        #expect(try await workplace.migrate("repair", "--allow-newer-schema").status == 0)
    }

    @Test func `a dump leaves out what another program keeps`() async throws {
        try await workplace.byHand("CREATE TABLE extra (x)", "CREATE INDEX extra_x ON extra (x)")
        #expect(try await workplace.migrate("dump").output.contains("extra_x"))
        #expect(try await !workplace.migrate("dump", "--ignore", "EXTRA").output.contains("extra"))
    }

    @Test func `an applied file that is gone is 3`() async throws {
        try FileManager.default.removeItem(atPath: "\(workplace.migrations)/001_create_conversations.sql")
        let result = try await workplace.migrate("verify")
        #expect(result.status == 3 && result.output.isEmpty && result.errors.contains("missing-file"), "\(result)")
    }

    @Test(arguments: ["verify", "baseline", "repair", "dump"])
    func `a database that is not there is 2, and is not made`(command: String) async throws {
        let result = try await Workplace().migrate(command)
        #expect(result.status == 2 && result.errors.contains("does not exist"), "\(result)")
        let other = try Workplace()
        let json = try await other.migrate(command, "--json")
        #expect(json.status == 2 && json.output.hasPrefix(#"{"command":"\#(command)","ok":false,"errors":[{"code":"database-failed","#))
        #expect(try other.files().isEmpty)
    }

    @Test(arguments: ["verify", "baseline", "repair", "dump"])
    func `a database in memory has nothing to look at`(command: String) async throws {
        let result = try await Parley.run("migrate", command, "--database", ":memory:", "--migrations", workplace.migrations)
        #expect(result.status == 2 && result.errors.contains("--database"), "\(result)")
    }

    @Test(arguments: ["verify", "baseline", "repair", "dump"])
    func `what a killed process has left half done is told, and is for a writer to take back`(command: String) async throws {
        // Not empty, and nobody has the lock that its writer would have: to SQLite, that writer is dead.
        try workplace.directory.write("half done", to: "data.db-journal")
        let result = try await workplace.migrate(command)
        #expect(result.status == 2 && result.errors.contains("data.db-journal, which only a writer can take back"), "\(result)")
        #expect(try workplace.files().contains("data.db-journal"))
        _ = try await workplace.migrate("up")
        #expect(try await workplace.migrate("verify").status == 0)
    }

    @Test(arguments: ["verify", "repair", "dump", "status"])
    func `a directory that may not be written is told as what it is, and not as a killed process`(command: String) async throws {
        unsafe chmod(workplace.directory.path, 0o555)
        defer { unsafe chmod(workplace.directory.path, 0o755) }
        // Permissions do not bind root, so as root the command is run as nobody.
        let isRoot = getuid() == 0
        let program = Parley.path(of: "parley")
        let user = isRoot ? ["--reuid=65534", "--regid=65534", "--clear-groups", program] : []
        let parley = try Parley(user + ["migrate", command] + workplace.options, program: isRoot ? "/usr/bin/setpriv" : program)
        #expect(await parley.exit() == 2)
        let errors = await parley.errors.whole()
        #expect(errors.contains("the directory of \(workplace.database) may not be written"), "\(errors)")
        #expect(!errors.contains("-journal") && !errors.contains("cannot be written"), "\(errors)")
    }

    @Test func `a server that runs is not disturbed`() async throws {
        let server = try await workplace.serve().ready()
        let before = try Data(contentsOf: URL(fileURLWithPath: workplace.database))
        #expect(try await workplace.migrate("verify").status == 0)
        #expect(try await workplace.migrate("dump").output.contains("CREATE VIRTUAL TABLE search USING fts5(title);\n"))
        #expect(try await workplace.migrate("repair").output == "nothing to repair: the record can stay as it is\n")
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == before)
        #expect(await server.stop() == 0)
    }

    @Test(arguments: ["verify", "dump", "repair"])
    func `looking leaves the file as it is, and nothing beside it but SQLite's own`(command: String) async throws {
        let (before, files) = (try Data(contentsOf: URL(fileURLWithPath: workplace.database)), try workplace.files())
        let time = try FileManager.default.attributesOfItem(atPath: workplace.database)[.modificationDate] as? Date
        #expect(try await workplace.migrate(command).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: workplace.database)) == before)
        #expect(try FileManager.default.attributesOfItem(atPath: workplace.database)[.modificationDate] as? Date == time)
        // An empty log and its index, which a read-only connection makes to read a write-ahead log, and cannot remove.
        #expect(try workplace.files().filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") } == files)
        let log = workplace.database + "-wal"
        #expect(try !FileManager.default.fileExists(atPath: log) || Data(contentsOf: URL(fileURLWithPath: log)).isEmpty)
    }

    @Test func `a dump that another database is made of is adopted there`() async throws {
        let dump = try await workplace.migrate("dump")
        #expect(dump.status == 0 && dump.output.hasPrefix("-- The schema of a database on which these migrations are recorded"))
        let json = try await workplace.migrate("dump", "--json").output
        #expect(
            json.hasPrefix(#"{"command":"dump","ok":true,"migrations":[{"filename":"001_create_conversations.sql","checksum":"sha256:"#)
        )
        #expect(json.contains(#"{"type":"table","name":"search","table":"search","sql":"CREATE VIRTUAL TABLE search USING fts5(title)"}"#))
        #expect(json.hasSuffix(#""errors":[]}"# + "\n"))
    }
}
