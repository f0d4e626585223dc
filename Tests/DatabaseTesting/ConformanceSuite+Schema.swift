import Database

extension ConformanceCheck {
    static let schema: [ConformanceCheck] = [
        ConformanceCheck("a script runs whole, whatever its statements hold") { database in
            let script = """
                CREATE TABLE [a;b] (x TEXT DEFAULT ';');  -- a comment; with a semicolon
                CREATE TRIGGER t AFTER INSERT ON [a;b] BEGIN UPDATE [a;b] SET x = CASE WHEN x = '' THEN 'y' ELSE x END; END;
                INSERT INTO [a;b] VALUES ('') /* the last one needs no semicolon */
                """
            let statements = try await run(script, on: database)
            let found = try await database.query("SELECT x FROM [a;b]") { $0.text(0) }
            try require(statements == 3 && found == ["y"], "\(statements) statements left \(found)")
        },
        ConformanceCheck("a script that fails says which statement and at which byte, and leaves nothing") { database in
            let error = try await scriptError("CREATE TABLE a (x);\n-- why\nSELECT y FROM a;", on: database)
            try require(error.statement == 2 && error.offset == 34, "statement \(error.statement), offset \(error.offset)")
            let tables = try await database.query("SELECT name FROM sqlite_schema") { $0.text(0) }
            try require(tables.isEmpty, "\(tables) stayed")
        },
        ConformanceCheck("a script may not end its transaction, weaken the connection's checks or touch the record") { database in
            try await run("CREATE TABLE record (x)", on: database, protecting: "nothing")
            let forbidden = [
                "COMMIT", "/* x */ END;", "ROLLBACK", "BEGIN", "ATTACH ':memory:' AS other", "PRAGMA foreign_keys = ON",
                "PRAGMA writable_schema = ON", "PRAGMA journal_mode = DELETE", "PRAGMA ignore_check_constraints = ON",
                "DROP TABLE record", "INSERT INTO record VALUES (1)", "DELETE FROM Record", "CREATE TEMP TABLE record (x)",
                "CREATE TRIGGER t BEFORE INSERT ON record BEGIN SELECT RAISE(IGNORE); END", "ALTER TABLE record RENAME TO r", "VACUUM",
            ]
            for script in forbidden {
                let error = try await scriptError(script, on: database, protecting: "record")
                try require(error.cause.code == .forbiddenStatement, "\(script): \(error.cause)")
            }
        },
        ConformanceCheck("foreign keys are off in a schema session, and violations are counted by key") { database in
            try await run("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p);", on: database)
            try await run("INSERT INTO c VALUES (1), (2)", on: database)
            let found = try await database.withSchemaSession(SchemaSessionOptions()) { try $0.foreignKeyViolations() }
            try require(found == [ForeignKey(table: "c", columns: ["p"], parent: "p"): 2], "\(found)")
            let error = try await databaseError { try await database.execute("INSERT INTO c VALUES (3)") }
            try require(error.code == .foreignKeyViolation, "they stayed off: \(error)")
        },
        ConformanceCheck("a schema session tells what the schema has, without the engine's own tables") { database in
            try await run("CREATE TABLE a (x UNIQUE); CREATE INDEX b ON a (x); CREATE VIEW v AS SELECT 1; ANALYZE;", on: database)
            let objects = try await database.read { session in try session.schemaObjects() }
            let list = objects.map { "\($0.kind) \($0.table) \($0.sql ?? "-")" }
            let expected = [
                "table a CREATE TABLE a (x UNIQUE)", "index a -", "index a CREATE INDEX b ON a (x)", "view v CREATE VIEW v AS SELECT 1",
            ]
            try require(list == expected, "\(list)")
        },
        ConformanceCheck("a lone script runs outside of a transaction") { database in
            try await runAlone("-- because\nVACUUM;", on: database)
            try await runAlone("ANALYZE", on: database)
            for script in [
                "CREATE TABLE a (x)", "VACUUM; VACUUM;", "VACUUM INTO 'copy'", "PRAGMA journal_mode = DELETE", "PRAGMA foreign_keys = ON",
                "BEGIN",
            ] {
                do { try await runAlone(script, on: database) } catch let error as ScriptError where error.cause.code == .forbiddenStatement
                {
                    continue
                }
                throw ConformanceFailure(description: "\(script) was not refused")
            }
        },
        ConformanceCheck("a schema session ends at its time limit, and what it was doing is rolled back") { database in
            let endless = "CREATE TABLE a (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;"
            let options = SchemaSessionOptions(timeout: .milliseconds(50))
            // On a slow machine the time is over before the script begins.
            let error = try await databaseError {
                do { try await run(endless, on: database, options: options) } catch let error as ScriptError { throw error.cause }
            }
            try require(error.code == .timedOut, "\(error)")
            let tables = try await database.query("SELECT name FROM sqlite_schema") { $0.text(0) }
            try require(tables.isEmpty, "\(tables) stayed")
        },
        ConformanceCheck("the shape of a table says what its rows have to be") { database in
            let script = """
                CREATE TABLE p (a TEXT, b INTEGER, PRIMARY KEY (b, a));
                CREATE TABLE c (
                    id INTEGER PRIMARY KEY, x TEXT NOT NULL UNIQUE, y INTEGER DEFAULT 7, z INTEGER AS (y + 1),
                    FOREIGN KEY (y, x) REFERENCES p
                );
                CREATE UNIQUE INDEX u ON c (y, lower(x), id);
                """
            try await run(script, on: database)
            let shape = try await database.withSchemaSession(SchemaSessionOptions()) { try $0.shape(of: "C") }
            let lines = shape.columns.map { "\($0.name) \($0.type) \($0.isNullable) \($0.hasDefault) \($0.isGenerated)" }
            try require(
                lines == [
                    "id INTEGER false false false", "x TEXT false false false", "y INTEGER true true false", "z INTEGER true false true",
                ],
                "\(lines)"
            )
            try require(shape.primaryKey == ["id"] && Set(shape.uniqueKeys) == [["x"], ["y", "id"]], "\(shape)")
            try require(shape.references == [.init(columns: ["y", "x"], parent: "p", parentColumns: [])], "\(shape)")
            let (parent, none) = try await database.withSchemaSession(SchemaSessionOptions()) { session in
                (try session.shape(of: "p").primaryKey, try session.shape(of: "nowhere").columns)
            }
            try require(parent == ["b", "a"] && none.isEmpty, "\(parent), \(none)")
        },
        ConformanceCheck("a cancelled schema session stops inside its statement") { database in
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;"
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let task = Task { try await run(endless, on: database) { start.yield() } }
            for await _ in started { break }
            task.cancel()
            do { _ = try await task.value } catch let error as ScriptError {
                return try require(error.cause.code == .interrupted, "\(error)")
            }
            throw ConformanceFailure(description: "it went on")
        },
    ]

    static let life: [ConformanceCheck] = [
        ConformanceCheck("after close, everything says that it is closed") { database in
            try require(database.isConnected, "it was not open")
            try await database.close()
            try await database.close()
            try require(!database.isConnected, "it is still open")
            let read = try await databaseError { _ = try await database.query("SELECT 1") { $0.integer(0) } }
            let write = try await databaseError { try await database.execute("SELECT 1") }
            let scan = try await databaseError { _ = try await database.scan(timeout: nil) { try $0.rows("SELECT 1") { $0.integer(0) } } }
            try require(read.code == .closed && write.code == .closed && scan.code == .closed, "\(read), \(write), \(scan)")
        },
        ConformanceCheck("checking the storage changes nothing") { database in
            try await database.execute("PRAGMA user_version = 7")
            try await database.checkStorage()
            let version = try await database.query("PRAGMA user_version") { $0.integer(0) }
            try require(version == [7], "\(version)")
        },
        ConformanceCheck("size counts bytes and grows") { database in
            let before = try await database.size()
            try await database.execute("CREATE TABLE note (text TEXT)")
            try await database.execute("INSERT INTO note VALUES (zeroblob(100000))")
            let after = try await database.size()
            try require(after >= before + 100_000, "\(before), then \(after)")
        },
    ]

    /// Runs a script in a transaction and returns how many statements it had.
    @discardableResult
    private static func run(
        _ script: String,
        on database: any DatabaseBridge,
        protecting table: String = "migrations",
        options: SchemaSessionOptions = SchemaSessionOptions(),
        onStatement: @escaping @Sendable () -> Void = {}
    ) async throws -> Int {
        try await database.withSchemaSession(options) { session in
            var statements = 0
            try session.transaction {
                try session.run(Script(Array(script.utf8)), rules: ScriptRules(protectedTable: table)) { statement in
                    statements = statement.number
                    onStatement()
                }
            }
            return statements
        }
    }

    private static func runAlone(_ script: String, on database: any DatabaseBridge) async throws {
        try await database.withSchemaSession(SchemaSessionOptions()) { session in
            try session.runAlone(Script(Array(script.utf8))) { _ in }
        }
    }

    private static func scriptError(
        _ script: String,
        on database: any DatabaseBridge,
        protecting table: String = "migrations"
    ) async throws -> ScriptError {
        do { try await run(script, on: database, protecting: table) } catch let error as ScriptError { return error }
        throw ConformanceFailure(description: "no ScriptError was thrown by: \(script)")
    }
}
