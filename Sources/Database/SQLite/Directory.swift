import Glibc

/// What a directory has, for files that are told by their names.
package enum Directory {
    /// The names in it, in no order.
    package static func names(in directory: String) throws(DatabaseError) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw FileDurability.error("cannot read the directory \(directory)") }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The bytes of a regular file; nil for anything else.
    package static func size(of path: String) -> Int? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Seconds since its last change.
    package static func age(of path: String) -> Int {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? time(nil) - status.st_mtim.tv_sec : 0
    }

    /// `parley.db.restoring-123` is 123's, and belongs to `parley.db`.
    package static func owned(_ name: String, _ mark: String) -> (name: String, process: Int32)? {
        guard let range = name.ranges(of: mark).last, Backup.isVersion(name[range.upperBound...]) else { return nil }
        guard let process = Int32(name[range.upperBound...]), process > 0 else { return nil }
        return (String(name[..<range.lowerBound]), process)
    }

    /// Whether there is such a process; one that is not ours is one too.
    package static func isAlive(_ process: Int32) -> Bool {
        kill(process, 0) == 0 || errno == EPERM
    }
}
