import Database
import Glibc

/// A directory beside a database for what is thrown away: on the same disk, so that the times measured there mean something.
struct ScratchDirectory {
    let path: String

    private static let mark = ".dry-run-"

    /// Makes it, and removes those that killed processes have left.
    ///
    /// - Throws: `DatabaseError`: `cannotOpen`.
    init(beside database: String) throws {
        path = "\(database)\(Self.mark)\(getpid())"
        Self.removeAbandoned(beside: database)
        remove()
        guard unsafe mkdir(path, 0o700) == 0 else {
            throw unsafe DatabaseError(.cannotOpen, "cannot make the directory \(path) for a copy: \(String(cString: strerror(errno)))")
        }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func remove() { Self.remove(path) }

    private static func removeAbandoned(beside database: String) {
        let slash = database.lastIndex(of: "/")
        let directory = slash.map { String(database[...$0]) } ?? "./"
        for name in (try? Directory.names(in: directory)) ?? [] {
            guard let (base, process) = Directory.owned(name, mark), directory + base == database else { continue }
            // The process may be one of another container, which works in its directory all the time.
            guard !Directory.isAlive(process), Directory.age(of: directory + name) > 3_600 else { continue }
            remove(directory + name)
        }
    }

    private static func remove(_ path: String) {
        for name in (try? Directory.names(in: path)) ?? [] { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }
}
