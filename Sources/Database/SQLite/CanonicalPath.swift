import Glibc

/// A path without symbolic links, as SQLite has it: one file has one lock and one set of backups, whatever it is called. See realpath(3).
enum CanonicalPath {
    static func of(_ path: String) -> String {
        follow(path, links: 40)
    }

    /// The directory with its `/` (`./` where there is none), and the name in it.
    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("./", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    /// A file that is not there yet has the directory's path, or is where a link to nowhere points to: SQLite would make it there.
    private static func follow(_ path: String, links: Int) -> String {
        if let file = resolved(path) { return file }
        let (directory, name) = split(path)
        if links > 0, let target = target(of: path) {
            return follow(target.hasPrefix("/") ? target : directory + target, links: links - 1)
        }
        guard let directory = resolved(directory) else { return path }
        return directory == "/" ? "/" + name : directory + "/" + name
    }

    private static func resolved(_ path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    private static func target(of path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
