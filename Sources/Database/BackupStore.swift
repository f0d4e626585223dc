import Glibc

/// The backups of one database file: siblings of it, told from all other files by the exact form of their names.
///
/// ```swift
/// let store = BackupStore(database: "parley.db")
/// let backup = try await store.create(of: database)
/// print(try store.list().map(\.path))
/// ```
///
/// A backup has its name only once it is complete, verified and durable. Until then it is called `….unfinished-<process>`, which is no
/// backup's name.
public struct BackupStore: Sendable, Hashable {
    /// The path of the database without symbolic links: whatever the file is called, its backups are in one place.
    public let database: String

    public init(database path: String) {
        database = CanonicalPath.of(path)
    }

    /// Every backup that is there, the newest first.
    public func list() throws(BackupError) -> [Backup] {
        do {
            return try Directory.names(in: directory).compactMap(backup).sorted { ($0.time, $0.path) > ($1.time, $1.path) }
        } catch {
            throw BackupError(error, "list the backups in \(directory)")
        }
    }

    /// Makes a backup of `bridge`, which has this store's database open; a server may be writing to it meanwhile.
    public func create(_ kind: Backup.Kind = .manual, of bridge: any DatabaseBridge) async throws(BackupError) -> Backup {
        if case .automatic(let version) = kind { precondition(Backup.isVersion(version), "a version is a number") }
        removeUnfinished()
        let (path, time) = freeName(kind)
        try await copy(bridge, to: path)
        return Backup(path: path, kind: kind, time: time, bytes: Directory.size(of: path) ?? 0)
    }

    /// Makes a copy at a place of the caller's choice, which must be free.
    public func create(at path: String, of bridge: any DatabaseBridge) async throws(BackupError) -> Backup {
        try requireFree(path)
        let time = BackupTime.now
        try await copy(bridge, to: path)
        return Backup(path: path, kind: .manual, time: time, bytes: Directory.size(of: path) ?? 0)
    }

    /// Removes the oldest automatic backups beyond `count`, and nothing else. What this user may not remove stays.
    ///
    /// Of several from before one migration the older ones go first: a server that fails at it again and again would otherwise push out
    /// what there is from before the migrations that it has applied.
    ///
    /// - Parameter newest: the one that was just made; it stays, even where the clock was turned back.
    /// - Returns: what was removed, and what could not be.
    @discardableResult
    public func prune(keeping count: Int, newest: Backup) throws(BackupError) -> (removed: [Backup], left: [Backup]) {
        let others = try list().filter { $0.kind != .manual && $0.path != newest.path }
        var kinds: Set<Backup.Kind> = [newest.kind]
        let isFirst = others.map { kinds.insert($0.kind).inserted }
        let byWorth = zip(others, isFirst).filter(\.1).map(\.0) + zip(others, isFirst).filter { !$1 }.map(\.0)
        var (removed, left): ([Backup], [Backup]) = ([], [])
        for backup in byWorth.dropFirst(max(0, count - 1)) {
            if unsafe unlink(backup.path) == 0 || errno == ENOENT { removed.append(backup) } else { left.append(backup) }
        }
        return (removed, left)
    }

    /// Removes a backup that turned out not to be what its name says. One that cannot be removed is no worse than another file.
    package func discard(_ backup: Backup) {
        _ = unsafe unlink(backup.path)
    }

    // MARK: Names

    var directory: String { CanonicalPath.split(database).directory }
    private var base: String { CanonicalPath.split(database).name }

    private func backup(_ name: String) -> Backup? {
        guard let (kind, time) = Backup.parse(name, of: base) else { return nil }
        let path = directory + name
        return Directory.size(of: path).map { Backup(path: path, kind: kind, time: time, bytes: $0) }
    }

    /// Two backups in one millisecond get two names.
    private func freeName(_ kind: Backup.Kind) -> (path: String, time: BackupTime) {
        var (time, status) = (BackupTime.now, stat())
        while true {
            let path = directory + Backup.name(kind, of: base, at: time)
            if unsafe lstat(path, &status) != 0 { return (path, time) }
            time = time.next
        }
    }

    /// No answer may suggest to remove what is there: it could be the database.
    private func requireFree(_ path: String) throws(BackupError) {
        var (status, original) = (stat(), stat())
        guard unsafe lstat(path, &status) == 0 else { return }
        // A link that leads to the database is the database as well.
        let isThere = unsafe stat(path, &status) == 0
        let isOurs =
            unsafe isThere && stat(database, &original) == 0 && (status.st_dev, status.st_ino) == (original.st_dev, original.st_ino)
        guard !isOurs else { throw BackupError(.isTheDatabase, "\(path) is the database itself", recovery: "name another file") }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw BackupError(.alreadyExists, "\(path) is a directory", recovery: "name a file in it that is not there yet")
        }
        throw BackupError(.alreadyExists, "\(path) exists already", recovery: "name another file")
    }

    private func copy(_ bridge: any DatabaseBridge, to path: String) async throws(BackupError) {
        do {
            try await bridge.backup(to: path)
        } catch let error as DatabaseError where [.corrupt, .notADatabase].contains(error.code) {
            throw BackupError(damaged: database, error)
        } catch {
            throw BackupError(error, "make the backup \(path)")
        }
    }

    // MARK: What killed processes have left

    /// What an unfinished backup is called, in front of a process id.
    static let unfinished = ".unfinished-"
    /// What the copy is called that a restore makes, in front of a process id.
    static let restoring = ".restoring-"

    /// The process may be one of another container, which a look at the processes here does not find: it writes its file all the time.
    private static let abandonedAfter = 3_600

    /// Removes unfinished backups whose process has died. One that cannot be removed is in nobody's way.
    private func removeUnfinished() {
        for name in (try? Directory.names(in: directory)) ?? [] {
            guard let (backup, process) = Directory.owned(name, Self.unfinished), Backup.parse(backup, of: base) != nil else { continue }
            guard !Directory.isAlive(process), Directory.age(of: directory + name) > Self.abandonedAfter else { continue }
            _ = unsafe unlink(directory + name)
        }
    }

    /// Removes the copies of interrupted restores: only for whoever holds the file lock, so none of them is being made.
    func removeRestoring() {
        for name in (try? Directory.names(in: directory)) ?? [] {
            guard let (database, _) = Directory.owned(name, Self.restoring), database.utf8.elementsEqual(base.utf8) else { continue }
            _ = unsafe unlink(directory + name)
        }
    }
}
