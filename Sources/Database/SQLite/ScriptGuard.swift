import CSQLite

/// Watches what the statements of a script would do, through SQLite's authorizer, which speaks while a statement is prepared and so
/// before it runs: <https://www.sqlite.org/c3ref/set_authorizer.html>.
final class ScriptGuard {
    /// Why the statement was refused, in a sentence that says what to do instead.
    private(set) var refusal: String?
    /// Whether the script has made a temporary table, view, index or trigger.
    private(set) var makesTemporaryObjects = false
    /// Nil for a script outside of transactions, whose one statement has been chosen from a short list.
    private let rules: ScriptRules?

    init(_ rules: ScriptRules?) {
        self.rules = rules
    }

    /// Pragmas that read, or that change nothing outlasting the script's transaction. Every other one is refused: most are without
    /// effect inside a transaction, and the rest weaken checks for the scripts that follow.
    private static let allowedPragmas: Set<String> = [
        "application_id", "collation_list", "compile_options", "database_list", "defer_foreign_keys", "foreign_key_check",
        "foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo", "integrity_check", "legacy_alter_table",
        "module_list", "optimize", "pragma_list", "quick_check", "table_info", "table_list", "table_xinfo", "user_version",
    ]

    /// Pragmas that may be asked but not set: SQLite's own modules for full-text search and R-trees ask them while a script runs.
    private static let readablePragmas: Set<String> = ["data_version", "encoding", "freelist_count", "page_count", "page_size"]

    /// Pragmas that need to be outside of a transaction to do something. The journal mode is not one of them: the program that opens the
    /// database chooses it, and no other connection may be open when it changes.
    private static let lonePragmas: Set<String> = ["auto_vacuum", "incremental_vacuum"]

    private static let temporaryCreations = [
        SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_TEMP_VIEW, SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TRIGGER,
    ]

    /// Called several times for every statement, so it makes a Swift string only of what it refuses.
    func decide(action: Int32, first: UnsafePointer<CChar>?, second: UnsafePointer<CChar>?) -> Int32 {
        if Self.temporaryCreations.contains(action) { makesTemporaryObjects = true }
        let reason = unsafe rules.map { unsafe reasonToRefuse(action, first, second, $0) } ?? reasonToRefuseAlone(action, first)
        guard let reason else { return SQLITE_OK }
        // SQLite may ask again while it cleans up; what it asked first is the reason.
        refusal = refusal ?? reason
        return SQLITE_DENY
    }

    private func reasonToRefuseAlone(_ action: Int32, _ first: UnsafePointer<CChar>?) -> String? {
        // VACUUM attaches the file that it writes to; the temporary one of a VACUUM in place has no name.
        if action == SQLITE_ATTACH, unsafe !name(first).isEmpty { return "a migration changes its own database; use parley backup create" }
        guard action == SQLITE_PRAGMA, case let pragma = unsafe name(first).lowercased() else { return nil }
        return Self.lonePragmas.contains(pragma) ? nil : reasonToRefuse(pragma: pragma, isRead: false)
    }

    private func reasonToRefuse(
        _ action: Int32,
        _ first: UnsafePointer<CChar>?,
        _ second: UnsafePointer<CChar>?,
        _ rules: ScriptRules
    ) -> String? {
        let protects = { (table: UnsafePointer<CChar>?) in unsafe sqlite3_stricmp(table, rules.protectedTable) == 0 }
        let touchesRecord =
            "a script may not change the table \"\(rules.protectedTable)\": it is the record of what has been applied; use another name"
        return switch action {
        case SQLITE_TRANSACTION:
            unsafe "a script may not \(name(first)): it runs inside a transaction of its own, together with its record; "
                + "remove the statement"
        case SQLITE_ATTACH, SQLITE_DETACH:
            "a script may not ATTACH or DETACH a database: it changes one database, in one transaction"
        case SQLITE_PRAGMA:
            unsafe reasonToRefuse(pragma: name(first).lowercased(), isRead: second == nil)
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE, SQLITE_DROP_TABLE, SQLITE_DROP_TEMP_TABLE, SQLITE_CREATE_TABLE,
            SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_VIEW, SQLITE_CREATE_TEMP_VIEW, SQLITE_CREATE_VTABLE, SQLITE_DROP_VTABLE,
            SQLITE_DROP_VIEW, SQLITE_DROP_TEMP_VIEW:
            unsafe protects(first) ? touchesRecord : nil
        case SQLITE_ALTER_TABLE, SQLITE_CREATE_TRIGGER, SQLITE_CREATE_TEMP_TRIGGER, SQLITE_CREATE_INDEX, SQLITE_CREATE_TEMP_INDEX,
            SQLITE_DROP_TRIGGER, SQLITE_DROP_TEMP_TRIGGER, SQLITE_DROP_INDEX, SQLITE_DROP_TEMP_INDEX:
            unsafe protects(second) ? touchesRecord : nil
        default: nil
        }
    }

    private func reasonToRefuse(pragma: String, isRead: Bool) -> String? {
        guard !Self.allowedPragmas.contains(pragma), !(isRead && Self.readablePragmas.contains(pragma)) else { return nil }
        return "a script may not use PRAGMA \(pragma): foreign keys are off while scripts run and checked after each one, "
            + "and the other settings belong to the program that opens the database; remove the statement"
    }

    private func name(_ text: UnsafePointer<CChar>?) -> String {
        unsafe text.map { unsafe String(cString: $0) } ?? ""
    }
}

extension Connection {
    /// Runs `body` with the guard asked about every statement that is prepared.
    func guarded<Result, Failure: Error>(by scriptGuard: ScriptGuard, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let context = unsafe Unmanaged.passUnretained(scriptGuard).toOpaque()
        unsafe withHandle { handle in _ = unsafe sqlite3_set_authorizer(handle, authorize, context) }
        defer { unsafe withHandle { handle in _ = unsafe sqlite3_set_authorizer(handle, nil, nil) } }
        return try body()
    }
}

private typealias Authorizer =
    @convention(c) (
        UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?
    ) -> Int32

/// Runs inside `guarded(by:_:)`, which keeps the guard alive; so the reference is borrowed, not retained.
private let authorize: Authorizer = { context, action, first, second, _, _ in
    guard let context = unsafe context else { return SQLITE_DENY }
    return unsafe Unmanaged<ScriptGuard>.fromOpaque(context)._withUnsafeGuaranteedRef { scriptGuard in
        unsafe scriptGuard.decide(action: action, first: first, second: second)
    }
}
