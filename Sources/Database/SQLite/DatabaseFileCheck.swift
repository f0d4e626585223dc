import Glibc

/// Looks at a path before anything is made beside it, so that a wrong path gets an answer about the path.
public enum DatabaseFileCheck {
    /// - Throws: ``DatabaseError``: `cannotOpen` where the directory is missing, or the path is no regular file with one name; `notADatabase`.
    public static func require(_ path: String) throws(DatabaseError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return try requireDirectory(of: path) }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { throw DatabaseError(.cannotOpen, "\(path) is a directory; name a file in it") }
        guard kind == S_IFREG else { throw DatabaseError(.cannotOpen, "\(path) is not a regular file") }
        guard status.st_nlink == 1 else {
            // SQLite keeps a log beside each name: two programs that use two of them destroy the file (https://www.sqlite.org/howtocorrupt.html).
            throw DatabaseError(
                .cannotOpen,
                "\(path) has \(status.st_nlink) names (hard links), which SQLite takes for as many databases; remove the others"
            )
        }
        if status.st_size > 0 { try requireHeader(of: path) }
    }

    private static func requireDirectory(of path: String) throws(DatabaseError) {
        let number = errno
        guard number == ENOENT else { throw DatabaseError(.cannotOpen, "\(path) cannot be looked at: \(reason(number))") }
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard unsafe access(directory, F_OK) == 0 else {
            throw DatabaseError(.cannotOpen, "the directory \(directory) of the database does not exist; create it")
        }
    }

    /// https://www.sqlite.org/fileformat.html#magic_header_string; O_NONBLOCK, since opening a FIFO without a writer would wait for ever.
    static func requireHeader(of path: String) throws(DatabaseError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw DatabaseError(.cannotOpen, "\(path) cannot be read: \(reason(errno))") }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &header, header.count, 0)
        guard count == header.count, header.elementsEqual("SQLite format 3\0".utf8) else {
            throw DatabaseError(.notADatabase, "\(path) is not a SQLite database; nothing was changed in it")
        }
    }

    private static func reason(_ number: CInt) -> String {
        unsafe String(cString: strerror(number))
    }
}
