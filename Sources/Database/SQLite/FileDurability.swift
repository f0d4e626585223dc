import Glibc

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

    /// Takes the room that the next writes need for a moment, which also asks quotas: posix_fallocate(3).
    static func requireRoom(beside path: String) throws {
        let probe = "\(path).room-\(getpid())"
        let descriptor = unsafe open(probe, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw error("cannot write beside \(path)") }
        defer {
            Glibc.close(descriptor)
            _ = unsafe unlink(probe)
        }
        errno = posix_fallocate(descriptor, 0, off_t(DatabaseStatistics.File.neededRoom))
        guard errno == 0 else { throw error("there is no room beside \(path)") }
    }

    /// What errno says, as the seam's error.
    static func error(_ action: String) -> DatabaseError {
        let number = errno
        let code: DatabaseError.Code = number == ENOSPC || number == EDQUOT ? .storageFull : .ioFailure
        return unsafe DatabaseError(code, engineCode: Int(number), "\(action): \(String(cString: strerror(number)))")
    }
}
