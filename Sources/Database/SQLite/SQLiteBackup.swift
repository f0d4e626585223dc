import Glibc

/// A backup that is there only when it is complete: written beside its destination, verified, flushed, then renamed.
struct SQLiteBackup {
    let destination: String
    let interruption: Interruption

    /// Copies the database of `connection`: <https://www.sqlite.org/lang_vacuum.html#vacuuminto>.
    func write(from connection: Connection) throws {
        try refuseToReplace(connection.filename)
        // VACUUM INTO blames the file that it makes when the schema of this one cannot be read.
        _ = try connection.first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) }
        let unfinished = "\(destination)\(BackupStore.unfinished)\(getpid())"
        _ = unsafe unlink(unfinished)
        do {
            try makeEmpty(unfinished, like: connection.filename)
            try connection.copying { try connection.execute("VACUUM INTO ?", [.text(unfinished)]) }
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

    /// Whoever may not read the database may not read its backup either; VACUUM INTO takes an empty file as it is.
    private func makeEmpty(_ path: String, like database: String) throws {
        var status = stat()
        let mode = unsafe stat(database, &status) == 0 ? status.st_mode & 0o666 : 0o644
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            let error = FileDurability.error("cannot make \(path)")
            throw DatabaseError(error.code == .storageFull ? .storageFull : .cannotOpen, engineCode: error.engineCode, error.message)
        }
        close(descriptor)
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
        let verdict = try copy.stoppable(by: interruption) { try copy.first("PRAGMA quick_check(1)") { $0.text(0) } }
        // Made of a database that could be read to its end, so it is the disk that has damaged it.
        guard verdict == "ok" else { throw DatabaseError(.ioFailure, "the backup does not pass quick_check: \(verdict ?? "no answer")") }
    }
}
