import CSQLite
import Synchronization

/// How long the write-ahead log is after the last commit, in pages: <https://www.sqlite.org/c3ref/wal_hook.html>.
///
/// The hook takes the place of SQLite's own checkpoint, which would run inside the commit, while the callers wait.
final class LogLength: Sendable {
    private let count = Atomic<Int>(0)

    var pages: Int { count.load(ordering: .relaxed) }

    /// Follows a connection, which has to be closed before this object goes.
    func follow(_ connection: Connection) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe connection.withHandle { handle in _ = unsafe sqlite3_wal_hook(handle, noteLength, context) }
    }

    fileprivate func note(_ pages: Int32) {
        count.store(Int(pages), ordering: .relaxed)
    }
}

private let noteLength: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
    context,
    _,
    _,
    pages in
    guard let context = unsafe context else { return SQLITE_OK }
    unsafe Unmanaged<LogLength>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.note(pages) }
    return SQLITE_OK
}
