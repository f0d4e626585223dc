import CSQLite

/// One prepared statement: <https://www.sqlite.org/c3ref/stmt.html>. It belongs to its connection and goes before it.
@safe
final class Statement {
    let sql: String
    /// Whether its rows are being read, so that the same SQL, run again inside the loop, gets a statement of its own.
    private(set) var isRunning = false
    private let handle: OpaquePointer
    /// Whether text is known to be stored as UTF-8, and so can be read as it lies.
    private let storesUTF8: Bool

    /// Takes over a statement that `sqlite3_prepare_v3` has made.
    init(adopting handle: OpaquePointer, sql: String, storesUTF8: Bool = false) {
        unsafe self.handle = unsafe handle
        self.sql = sql
        self.storesUTF8 = storesUTF8
    }

    deinit {
        _ = unsafe sqlite3_finalize(handle)
    }

    /// Whether it leaves the database file as it is: <https://www.sqlite.org/c3ref/stmt_readonly.html>.
    var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

    var parameterCount: Int { unsafe Int(sqlite3_bind_parameter_count(handle)) }

    /// Binds the arguments, in order; returns SQLite's result code.
    func bind(_ arguments: [Value]) -> Int32 {
        var index: Int32 = 1
        for argument in arguments {
            let code = bind(argument, at: index)
            guard code == SQLITE_OK else { return code }
            index += 1
        }
        return SQLITE_OK
    }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(handle, index)
        case .integer(let integer):
            return unsafe sqlite3_bind_int64(handle, index, integer)
        case .real(let real):
            return unsafe sqlite3_bind_double(handle, index, real)
        case .text(var text):
            return text.withUTF8 { utf8 in
                // An empty string may have no address, which SQLite would take for NULL.
                guard let start = utf8.baseAddress else { return unsafe parley_sqlite3_bind_text(handle, index, "", 0) }
                return unsafe start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                    unsafe parley_sqlite3_bind_text(handle, index, $0, UInt64(utf8.count))
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
            return unsafe bytes.withUnsafeBytes { unsafe parley_sqlite3_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
        }
    }

    /// Goes to the next row: `SQLITE_ROW`, `SQLITE_DONE` or an error code.
    func step() -> Int32 {
        isRunning = true
        return unsafe sqlite3_step(handle)
    }

    /// Makes it ready for another run, and lets go of what was bound.
    func reset() {
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
        isRunning = false
    }
}

// Reading columns: https://www.sqlite.org/c3ref/column_blob.html
extension Statement: Columns {
    func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int64 {
        unsafe sqlite3_column_int64(handle, Int32(column))
    }

    func value(_ column: Int) -> Value {
        switch unsafe sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: unsafe .real(sqlite3_column_double(handle, Int32(column)))
        case SQLITE_TEXT: .text(Row(self).text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    func withBytes(_ column: Int, _ body: (Span<UInt8>) -> Void) {
        unsafe body(bytes(column).span)
    }

    func withBytes(
        _ first: Int,
        _ second: Int,
        _ third: Int,
        _ fourth: Int,
        _ body: (Span<UInt8>, Span<UInt8>, Span<UInt8>, Span<UInt8>) -> Void
    ) {
        unsafe body(bytes(first).span, bytes(second).span, bytes(third).span, bytes(fourth).span)
    }

    /// The column's bytes, valid until the next step. Reading another column does not move them: only a conversion would, and the bytes
    /// asked for are those of the conversion.
    private func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        // sqlite3_column_blob gives text as it is stored, which is UTF-16 in some databases; sqlite3_column_text gives UTF-8.
        let asStored = unsafe storesUTF8 || sqlite3_column_type(handle, Int32(column)) == SQLITE_BLOB
        let start =
            unsafe asStored ? sqlite3_column_blob(handle, Int32(column)) : UnsafeRawPointer(sqlite3_column_text(handle, Int32(column)))
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : count)
    }

    private func blob(_ column: Int) -> [UInt8] {
        var blob: [UInt8] = []
        withBytes(column) { bytes in blob = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } }
        return blob
    }
}
