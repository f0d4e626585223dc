import Glibc

/// A backup that is there only when it is complete: written beside its destination, verified, flushed, then renamed.
struct SQLiteBackup {
    let destination: String

    /// Copies the database of `connection`: <https://www.sqlite.org/lang_vacuum.html#vacuuminto>.
    func write(from connection: Connection) throws {
        try refuseToReplace(connection.filename)
        let unfinished = "\(destination).unfinished-\(getpid())"
        _ = unsafe unlink(unfinished)
        do {
            try connection.execute("VACUUM INTO ?", [.text(unfinished)])
            try verify(unfinished)
            try FileDurability.flush(unfinished)
            guard unsafe rename(unfinished, destination) == 0 else {
                throw FileDurability.error("cannot rename the backup to \(destination)")
            }
            try FileDurability.flushDirectory(of: destination)
        } catch {
            _ = unsafe unlink(unfinished)
            throw error
        }
    }

    /// Renaming a copy onto the database would pull the file away from under every connection, and its log with it.
    private func refuseToReplace(_ database: String) throws {
        var (original, target) = (stat(), stat())
        guard unsafe stat(database, &original) == 0, unsafe stat(destination, &target) == 0 else { return }
        guard original.st_dev == target.st_dev, original.st_ino == target.st_ino else { return }
        throw DatabaseError(.cannotOpen, "a backup cannot take the place of the database itself: \(destination)")
    }

    /// <https://www.sqlite.org/pragma.html#pragma_quick_check>
    private func verify(_ path: String) throws {
        let copy = try Connection(path: path, access: .read)
        let verdict = try copy.first("PRAGMA quick_check(1)") { $0.text(0) }
        guard verdict == "ok" else { throw DatabaseError(.corrupt, "the backup does not pass quick_check: \(verdict ?? "no answer")") }
    }
}

/// fsync(2) for a file and for the directory that names it.
enum FileDurability {
    static func flush(_ path: String) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("cannot open \(path)") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error("cannot flush \(path)") }
    }

    /// A file that may just have been made.
    static func flushWithDirectory(_ path: String) throws {
        try flush(path)
        try flushDirectory(of: path)
    }

    static func flushDirectory(of path: String) throws {
        let slash = path.lastIndex(of: "/")
        try flush(slash.map { String(path[...$0]) } ?? ".")
    }

    /// What errno says, as the seam's error.
    static func error(_ action: String) -> DatabaseError {
        let number = errno
        let code: DatabaseError.Code = number == ENOSPC || number == EDQUOT ? .storageFull : .ioFailure
        return unsafe DatabaseError(code, engineCode: Int(number), "\(action): \(String(cString: strerror(number)))")
    }
}
