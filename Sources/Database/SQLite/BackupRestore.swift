import CSQLite
import Glibc

/// A backup that has taken the place of the database.
public struct Restoration: Sendable, Hashable {
    /// The database, without symbolic links.
    public let database: String
    /// Where the database that was there before is now; nil where there was none.
    public let replaced: String?
    public let bytes: Int
}

extension BackupStore {
    /// Puts a backup in the place of the database, which no process may have open. What was there is kept beside it, as
    /// `<database>.replaced-<time>`.
    ///
    /// - Throws: ``BackupError``, and then the database is as it was.
    public func restore(from path: String) async throws(BackupError) -> Restoration {
        try await restore(from: path) { _ in }
    }

    /// - Parameter canExchange: false does without renameat2(2), as some file systems have to.
    func restore(
        from path: String,
        canExchange: Bool = true,
        _ onStep: @escaping @Sendable (BackupRestore.Step) throws -> Void
    ) async throws(BackupError) -> Restoration {
        do {
            // Taken and held to the end: a server that is started meanwhile waits.
            let lock = try await DatabaseFileLock.acquire(for: database, timeout: .zero)
            let restoration = try await offPool { try BackupRestore(self, from: path, canExchange: canExchange, onStep).run() }
            withExtendedLifetime(lock) {}
            return restoration
        } catch {
            throw BackupError(error, "restore \(path)")
        }
    }
}

/// The order of a restore. At each moment, and so whenever the process is killed or the power fails, the path has a whole database: the old one
/// up to the exchange, the backup from then on.
///
/// 1. **Verify** the backup. One that fails, that has a log beside it, or that is the database itself, ends it here.
/// 2. **Copy** it to `<database>.restoring-<process>`, flush and check the copy: from here on nothing can fail for want of room. Killed until
///    here, there is a file too many, which the next restore removes.
/// 3. **Settle** the current database: leaving its write-ahead mode folds the log into the file, removes the log, and fails where another program
///    has the database open. Killed after it, the database is what it was, and the next server takes up the log again. From here to the end
///    the file stays locked: nobody else makes a log for it. A damaged file cannot be settled.
/// 4. **Move what is left of a log** or a journal along, to `<database>.replaced-<time>-wal`. It has to be gone before the new file comes: SQLite
///    would play it back into that. Killed after it, a damaged database is without its log, which lies beside it.
/// 5. **Name** the copy `<database>.replaced-<time>`. Only a file under its last name can change places in one step; killed after it, a
///    copy of the backup is left under that name.
/// 6. **Exchange** the two files: renameat2(2) with RENAME_EXCHANGE. Where the file system cannot, the old file gets a second name by link(2), and
///    rename(2) puts the copy over its first one; killed between these two, ``DatabaseFileCheck`` says what to remove, and the next restore does.
/// 7. **Flush the directory**: the exchange outlasts a power cut.
/// 8. **Prove** it: the file opens with as many objects as were verified, and no log lies beside it. Otherwise all of it is undone; but a log
///    that is there although the old file was locked belongs to the new one, which another program has opened already, and there it stays.
struct BackupRestore {
    enum Step: CaseIterable {
        case verified, copied, settled, logMoved, named
        /// Only where the two files cannot change places in one step.
        case linked
        case exchanged, durable, proved
    }

    private let store: BackupStore
    private let source: String
    private let canExchange: Bool
    private let onStep: (Step) throws -> Void
    private let copy: String
    private let replaced: String
    private var target: String { store.database }

    init(_ store: BackupStore, from source: String, canExchange: Bool, _ onStep: @escaping (Step) throws -> Void) {
        self.store = store
        self.source = CanonicalPath.of(source)
        self.canExchange = canExchange
        self.onStep = onStep
        copy = "\(store.database)\(BackupStore.restoring)\(getpid())"
        replaced = Self.freeName(store.database)
    }

    func run() throws -> Restoration {
        let current = try currentFile()
        let verified = try verify(current)
        var undo = Undo()
        var hold: Connection?
        defer { withExtendedLifetime(hold) {} }
        do {
            hold = try prepare(current, &undo)
            try place(current, &undo)
            try FileDurability.flushDirectory(of: target)
            try onStep(.durable)
            try prove(verified, isOldFileLocked: hold != nil)
            try onStep(.proved)
        } catch {
            undo.run()
            throw error
        }
        return Restoration(database: target, replaced: current == nil ? nil : replaced, bytes: verified.bytes)
    }

    // MARK: Before anything changes

    private func currentFile() throws -> stat? {
        var status = stat()
        guard unsafe stat(target, &status) == 0 else {
            guard errno == ENOENT else { throw FileDurability.error("cannot look at \(target)") }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw DatabaseError(.cannotOpen, "\(target) is not a regular file") }
        return status
    }

    private func verify(_ current: stat?) throws -> BackupVerification {
        var status = stat()
        if let current, unsafe stat(source, &status) == 0, (status.st_dev, status.st_ino) == (current.st_dev, current.st_ino) {
            throw BackupError(
                .isTheDatabase,
                "\(source) is the database itself",
                recovery: "name a backup; \"parley backup list\" shows them"
            )
        }
        for ending in ["-wal", "-journal"] where Directory.size(of: source + ending) ?? 0 > 0 {
            let message = "\(source) is not the whole of a database: a part of it is in \(source)\(ending)"
            throw BackupError(
                .hasLog,
                message,
                recovery: "make a backup of it (parley backup create --database \(source)), and restore that"
            )
        }
        let verification = try BackupVerification(of: source)
        guard verification.isSound else { throw BackupError(unsound: verification) }
        try onStep(.verified)
        return verification
    }

    // MARK: Up to the exchange

    /// Returns what keeps the current database locked.
    private func prepare(_ current: stat?, _ undo: inout Undo) throws -> Connection? {
        store.removeRestoring()
        removeSecondNames(current)
        undo.add { [copy] in _ = unsafe unlink(copy) }
        try FileCopy(source: source, destination: copy).write(like: current)
        try requireSound(copy)
        try onStep(.copied)
        let hold = current == nil ? nil : try settle()
        try onStep(.settled)
        try moveLog(&undo)
        try onStep(.logMoved)
        return hold
    }

    /// A disk that fails shows it by now.
    private func requireSound(_ path: String) throws {
        let verdict = try Connection(path: path, access: .readUnchanging).first("PRAGMA quick_check(1)") { $0.text(0) }
        guard verdict == "ok" else {
            throw DatabaseError(.ioFailure, "the copy \(path) is not what was written: \(verdict ?? "no answer")")
        }
    }

    /// Returns the connection that locks the database; nil where it is damaged.
    private func settle() throws -> Connection? {
        do {
            // Long enough for whoever is just letting go of the database.
            let patience = Duration.seconds(1)
            let connection = try Connection(configuration: SQLiteConfiguration(location: .file(target), busyTimeout: patience))
            // Where the file is damaged, its log is not to be folded into it by the way.
            connection.keepLogOnClose()
            // Every connection of a database with a log holds a lock for as long as it is open: https://www.sqlite.org/pragma.html#pragma_journal_mode
            try connection.switchJournal(to: "DELETE", timeout: patience)
            // Of a database without one, only those that read or write at this moment.
            try connection.execute("BEGIN EXCLUSIVE")
            return connection
        } catch let error as DatabaseError where [.corrupt, .notADatabase, .ioFailure].contains(error.code) {
            // That is what the backup is for.
            return nil
        }
    }

    private func moveLog(_ undo: inout Undo) throws {
        for ending in ["-wal", "-journal"] where Directory.size(of: target + ending) != nil {
            try Self.rename(target + ending, replaced + ending)
            undo.add { [target, replaced] in try? Self.rename(replaced + ending, target + ending) }
        }
        // An index of the log, which SQLite makes anew.
        _ = unsafe unlink(target + "-shm")
    }

    // MARK: The exchange

    private func place(_ current: stat?, _ undo: inout Undo) throws {
        guard current != nil else {
            try Self.rename(copy, target)
            undo.add { [copy, target] in try? Self.rename(target, copy) }
            try onStep(.named)
            return try onStep(.exchanged)
        }
        try Self.rename(copy, replaced)
        undo.add { [replaced, copy] in try? Self.rename(replaced, copy) }
        try onStep(.named)
        if try canExchange && Self.exchange(replaced, target) {
            undo.add { [replaced, target] in _ = try? Self.exchange(replaced, target) }
        } else {
            try placeByLink(&undo)
        }
        try onStep(.exchanged)
    }

    private func placeByLink(_ undo: inout Undo) throws {
        try Self.rename(replaced, copy)
        guard unsafe link(target, replaced) == 0 else {
            // The undo of the naming finds its file again.
            try? Self.rename(copy, replaced)
            throw FileDurability.error("cannot keep \(target) as \(replaced)")
        }
        do {
            try onStep(.linked)
            try Self.rename(copy, target)
        } catch {
            _ = unsafe unlink(replaced)
            try? Self.rename(copy, replaced)
            throw error
        }
        undo.add { [replaced, copy, target] in
            // In this order the path always has a database; then the naming's undo has nothing left to do but to fail.
            _ = unsafe link(target, copy)
            try? Self.rename(replaced, target)
        }
    }

    private func prove(_ verified: BackupVerification, isOldFileLocked: Bool) throws {
        for ending in ["-wal", "-journal"] where Directory.size(of: target + ending) != nil {
            // An exchange back would leave the new file's log beside the old one, and SQLite would play it into that.
            if isOldFileLocked { return }
            throw BackupError(
                .databaseHeld,
                "another program has opened \(target) in the meantime",
                recovery: "stop that program and do it again"
            )
        }
        let objects = try Connection(path: target, access: .readUnchanging).schemaObjects().count
        guard objects == verified.objects, Directory.size(of: target) == verified.bytes else {
            throw DatabaseError(.ioFailure, "\(target) is not what was put there")
        }
    }
}

extension BackupRestore {
    /// `parley.db.replaced-20261121T075805.123Z`, with nothing of that name yet.
    private static func freeName(_ database: String) -> String {
        var (time, status) = (BackupTime.now, stat())
        while true {
            let path = "\(database).replaced-\(time.text)"
            let isFree = ["", "-wal", "-journal"].allSatisfy { ending in unsafe lstat(path + ending, &status) != 0 }
            if isFree { return path }
            time = time.next
        }
    }

    /// The second name of the database that a restore without exchange leaves when it is killed between its two steps.
    private func removeSecondNames(_ current: stat?) {
        guard let current, current.st_nlink > 1 else { return }
        let (directory, base) = CanonicalPath.split(target)
        for name in (try? Directory.names(in: directory)) ?? [] where name.hasPrefix(base + ".replaced-") {
            var status = stat()
            guard unsafe lstat(directory + name, &status) == 0, status.st_ino == current.st_ino, status.st_dev == current.st_dev else {
                continue
            }
            _ = unsafe unlink(directory + name)
        }
    }

    private static func rename(_ old: String, _ new: String) throws {
        guard unsafe Glibc.rename(old, new) == 0 else { throw FileDurability.error("cannot rename \(old) to \(new)") }
    }

    /// Whether the file system can do it.
    private static func exchange(_ first: String, _ second: String) throws -> Bool {
        if unsafe parley_exchange_files(first, second) == 0 { return true }
        guard [EINVAL, ENOSYS, EOPNOTSUPP, EPERM].contains(errno) else {
            throw FileDurability.error("cannot put \(first) in the place of \(second)")
        }
        return false
    }
}

/// How to take back what has been done, the last first.
private struct Undo {
    private var steps: [() -> Void] = []

    mutating func add(_ step: @escaping () -> Void) {
        steps.append(step)
    }

    func run() {
        for step in steps.reversed() { step() }
    }
}

extension BackupError {
    package init(unsound verification: BackupVerification) {
        let first = verification.faults.first ?? "it fails its checks"
        self.init(
            .unsound,
            "\(verification.path) cannot be used: \(first)",
            recovery: "take another backup; \"parley backup list\" shows those that there are"
        )
    }
}
