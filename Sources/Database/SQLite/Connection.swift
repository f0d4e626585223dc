import CSQLite
import Glibc

/// One SQLite connection with its cached statements: <https://www.sqlite.org/c3ref/sqlite3.html>.
///
/// It is not `Sendable`; whoever shares it keeps it in a `Mutex`.
@safe
final class Connection {
    /// What a connection may do, and so how its file is opened.
    enum Access {
        case readWriteCreate
        /// Reads only, of a file that others may write; it never checkpoints, not even when it is closed.
        case read
        /// Reads only, of a file that nobody writes: without locks, and without files of its own beside it.
        case readUnchanging
    }

    /// False inside a read: a statement that writes is refused before it runs.
    var permitsWrites: Bool
    /// Whether the file is known to hold its text as UTF-8, which it does unless somebody has chosen otherwise when they made it. Nil before
    /// the first read: to ask makes SQLite read the file.
    private var storesUTF8: Bool?
    let begunStatements = StatementCount()
    /// The open snapshot that the next read may use; nil where none is open.
    var snapshot: KeptSnapshot?
    private let handle: OpaquePointer
    private var statements = StatementCache()

    /// - Parameter path: a file, or `:memory:`.
    init(path: String, access: Access) throws(DatabaseError) {
        let mode = Self.mode(of: access)
        _ = Self.libraryIsConfigured
        guard !path.utf8.contains(0) else { throw DatabaseError(.cannotOpen, "the path of the database has a NUL byte in it") }
        var opened: OpaquePointer?
        // NOMUTEX: a Mutex of ours keeps two threads out of one connection (https://www.sqlite.org/threadsafe.html).
        let name = access == .readUnchanging ? Self.unchangingName(of: path) : path
        let code = unsafe sqlite3_open_v2(name, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let message = unsafe "\(String(cString: sqlite3_errmsg(opened))): \(path)"
            // Even a handle that failed to open has to be closed.
            unsafe sqlite3_close_v2(opened)
            throw DatabaseError(ResultCode.meaning(of: code), engineCode: Int(code), message)
        }
        unsafe handle = unsafe opened
        permitsWrites = access == .readWriteCreate
        harden(access)
    }

    private static func mode(of access: Access) -> Int32 {
        switch access {
        case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .read: SQLITE_OPEN_READONLY
        case .readUnchanging: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
        }
    }

    /// <https://www.sqlite.org/c3ref/open.html#urifilenameexamples>: every byte that is not plain is written as %HH.
    private static func unchangingName(of path: String) -> String {
        let plain = path.utf8.map { byte in
            isPlain(byte) ? String(UnicodeScalar(byte)) : "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
        // Two slashes at the beginning would be those of a host.
        return "file:" + (path.hasPrefix("/") ? "//" : "") + plain.joined() + "?immutable=1"
    }

    deinit {
        statements.removeAll()
        _ = unsafe sqlite3_close_v2(handle)
    }

    /// Once a process, before its first connection; where another part of the process was faster, the library stays as it is.
    private static let libraryIsConfigured = parley_sqlite3_config_memstatus(0) == SQLITE_OK

    /// https://www.sqlite.org/security.html, and no string literals in double quotes: `VALUES("typo")` is an error. The schema stays trusted: it
    /// is the work of the operator's own migrations, and without trust SQLite refuses triggers that fill a full-text index, and JSON in a CHECK.
    private func harden(_ access: Access) {
        let settings: [(Int32, Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_DQS_DDL, 0),
            (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, access == .readWriteCreate ? 0 : 1),
        ]
        for (option, value) in settings { _ = unsafe parley_sqlite3_db_config(handle, option, value) }
    }

    /// How long to try again for a lock that another connection holds; before any other statement, since those may need it.
    func setBusyTimeout(_ timeout: Duration) {
        unsafe sqlite3_busy_timeout(handle, Int32(clamping: Int(timeout / .milliseconds(1))))
    }

    /// Leaves the log as it is when the connection is closed, even where it is the last one.
    func keepLogOnClose() {
        _ = unsafe parley_sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    }

    /// Whether a transaction is open. SQLite ends one by itself after a full disk, `RAISE(ROLLBACK)` and their like.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// The database file's full path; empty in memory.
    var filename: String { unsafe String(cString: sqlite3_db_filename(handle, "main")) }

    /// Whether the file could only be opened for reading: <https://www.sqlite.org/c3ref/db_readonly.html>.
    var isFileReadOnly: Bool { unsafe sqlite3_db_readonly(handle, "main") == 1 }

    /// Lends the C handle to this folder's other files.
    func withHandle<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(handle) }

    /// Runs VACUUM INTO, which writes nothing into the database itself: neither SQLite's `query_only` nor ours can tell.
    func copying(_ body: () throws -> Void) throws {
        guard !permitsWrites else { return try body() }
        try execute("PRAGMA query_only = OFF")
        permitsWrites = true
        defer {
            permitsWrites = false
            _ = try? execute("PRAGMA query_only = ON")
        }
        try body()
    }

    /// The error of the call that has just failed.
    func error(_ code: Int32, sql: String? = nil) -> DatabaseError {
        if let reason = reasonNotToGrow(code, sql) { return DatabaseError(.storageFull, engineCode: Int(code), reason, sql: sql) }
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        return DatabaseError(ResultCode.meaning(of: code), engineCode: Int(code), message, sql: sql)
    }

    /// SQLite knows a full disk by ENOSPC alone, and calls every other limit an I/O error: <https://www.sqlite.org/c3ref/system_errno.html>.
    /// Of a COMMIT that fails it does not keep the number, but leaves it where the system has put it.
    private func reasonNotToGrow(_ code: Int32, _ sql: String?) -> String? {
        guard code & 0xff == SQLITE_IOERR else { return nil }
        return switch sql == "COMMIT" ? errno : unsafe sqlite3_system_errno(handle) {
        case EDQUOT: "this user's disk quota is used up"
        case EFBIG: "the file has the largest size that this process may write (ulimit -f) or the file system can hold"
        case ENOSPC: "the disk is full"
        default: nil
        }
    }
}

extension Connection: Session {
    @discardableResult
    func execute(_ sql: String, _ arguments: [Value]) throws(DatabaseError) -> Int {
        let statement = try start(sql, arguments)
        defer { statement.reset() }
        let before = unsafe sqlite3_total_changes64(handle)
        while true {
            switch statement.step() {
            case SQLITE_ROW: continue
            case SQLITE_DONE: return changes(since: before)
            case let code: throw error(code, sql: sql)
            }
        }
    }

    func forEachRow(of sql: String, _ arguments: [Value], _ body: (borrowing Row) throws -> Bool) throws {
        let statement = try start(sql, arguments)
        defer { statement.reset() }
        while true {
            switch statement.step() {
            case SQLITE_ROW: guard try body(Row(statement)) else { return }
            case SQLITE_DONE: return
            case let code: throw error(code, sql: sql)
            }
        }
    }

    func columns(of table: String) throws -> [String] {
        // https://www.sqlite.org/pragma.html#pragfunc
        try rows("SELECT name FROM pragma_table_info(?, 'main')", [.text(table)]) { $0.text(0) }
    }

    func schemaObjects() throws -> [SchemaObject] {
        // https://www.sqlite.org/schematab.html; names that begin with sqlite_ are reserved, and those of automatic indexes too.
        // Shadow tables: https://www.sqlite.org/pragma.html#pragma_table_list; it asks every table, and only virtual ones have any.
        let query = """
            SELECT type, name, tbl_name, sql, CASE
                WHEN EXISTS (SELECT 1 FROM main.sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%')
                THEN tbl_name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
                ELSE 0 END
            FROM main.sqlite_schema WHERE tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid
            """
        return try rows(query) { row in
            SchemaObject.Kind(rawValue: row.text(0)).map {
                SchemaObject(kind: $0, name: row.text(1), table: row.text(2), sql: row.optionalText(3), isShadow: row.integer(4) != 0)
            }
        }.compactMap(\.self)
    }

    /// The rows that the last statement changed by itself, not through triggers; SQLite keeps the old count where it changed none.
    private func changes(since before: Int64) -> Int {
        unsafe sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }

    private func start(_ sql: String, _ arguments: [Value]) throws(DatabaseError) -> Statement {
        let statement = try cachedStatement(sql)
        begunStatements.add()
        guard permitsWrites || statement.isReadOnly else {
            throw DatabaseError(.readOnly, "a read session cannot write", sql: sql)
        }
        guard statement.parameterCount == arguments.count else {
            let message = "\(arguments.count) arguments for \(statement.parameterCount) placeholders"
            throw DatabaseError(.invalidStatement, message, sql: sql)
        }
        let code = statement.bind(arguments)
        guard code == SQLITE_OK else {
            statement.reset()
            throw error(code, sql: sql)
        }
        return statement
    }

    private func cachedStatement(_ sql: String) throws(DatabaseError) -> Statement {
        if let statement = statements.idleStatement(for: sql) { return statement }
        return try prepare(sql)
    }

    /// Asks once: https://www.sqlite.org/pragma.html#pragma_encoding
    func noteEncoding() throws {
        guard storesUTF8 == nil else { return }
        storesUTF8 = try first("PRAGMA encoding") { $0.text(0) } == "UTF-8"
    }

    private func prepare(_ sql: String) throws(DatabaseError) -> Statement {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let (code, end): (Int32, Int) = unsafe sql.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v3(handle, start, Int32(sql.utf8.count + 1), flags, &prepared, &tail)
            return unsafe (code, tail.map { unsafe $0 - start } ?? 0)
        }
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
        guard let prepared = unsafe prepared else { throw DatabaseError(.invalidStatement, "the statement is empty", sql: sql) }
        let statement = unsafe Statement(adopting: prepared, sql: sql, storesUTF8: storesUTF8 ?? false)
        guard sql.utf8.dropFirst(end).allSatisfy(isSpace) else {
            throw DatabaseError(.invalidStatement, "more than one statement where one is expected", sql: sql)
        }
        statements.insert(statement)
        return statement
    }
}

private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
}

/// Letters, digits, and what means nothing in a URI's path.
private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "/._-".utf8.contains(byte)
    }
}
