import CSQLite

extension Connection {
    /// Defines `contains_folded(text, part)`: <https://www.sqlite.org/c3ref/create_function.html>. SQLite's own LIKE and lower() know no letters but
    /// those of ASCII. Only statements may use it, since a view or an index with it could be read by no other program.
    func defineTextSearch() throws(DatabaseError) {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
        let code = unsafe withHandle { handle in
            unsafe sqlite3_create_function_v2(handle, "contains_folded", 2, flags, nil, containsFolded, nil, nil, nil)
        }
        guard code == SQLITE_OK else { throw error(code) }
    }
}

private let containsFolded: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = {
    context,
    _,
    arguments in
    guard let arguments = unsafe arguments, let text = unsafe sqlite3_value_text(arguments[0]) else { return }
    let bytes = unsafe UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(arguments[0])))
    let isFound = unsafe search(context, for: arguments[1]).isFound(in: bytes.span)
    unsafe sqlite3_result_int(context, isFound ? 1 : 0)
}

/// The search that an earlier row has made, or a new one for this row and those behind it: <https://www.sqlite.org/c3ref/get_auxdata.html>.
private func search(_ context: OpaquePointer?, for part: OpaquePointer?) -> FoldedSearch {
    if let kept = unsafe sqlite3_get_auxdata(context, 1) { return unsafe Unmanaged<FoldedSearch>.fromOpaque(kept).takeUnretainedValue() }
    let start = unsafe sqlite3_value_text(part)
    let bytes = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(part)))
    let search = unsafe FoldedSearch(for: String(decoding: bytes, as: UTF8.self))
    // SQLite takes the reference over, and gives it back through the destructor, at once if it has no use for it.
    unsafe sqlite3_set_auxdata(context, 1, Unmanaged.passRetained(search).toOpaque()) { kept in
        if let kept = unsafe kept { unsafe Unmanaged<FoldedSearch>.fromOpaque(kept).release() }
    }
    return search
}
