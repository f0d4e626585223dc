/// How ``SQLiteDatabase`` opens and uses a database.
public struct SQLiteConfiguration: Sendable {
    /// Where the database lives.
    public enum Location: Sendable, Hashable {
        /// A file, created if it is not there; its directory has to exist.
        case file(String)
        /// This process's memory; gone when the database is closed.
        case memory
    }

    /// What a commit waits for: <https://www.sqlite.org/pragma.html#pragma_synchronous>.
    public enum Synchronous: String, Sendable, Hashable, CaseIterable {
        /// The disk has it: a power cut loses no write that has returned.
        case full = "FULL"
        /// The operating system has it: a power cut may lose the last writes, never the database.
        case normal = "NORMAL"
    }

    /// How a transaction can be taken back: <https://www.sqlite.org/pragma.html#pragma_journal_mode>.
    public enum Journal: String, Sendable, Hashable, CaseIterable {
        /// Changes go to a log first: readers and the writer do not wait for each other. On a network file system, where that is not safe,
        /// a rollback journal is used all the same.
        case writeAheadLog = "WAL"
        /// What is overwritten is kept in a second file until the commit: one file while nothing is written, slower, and readers and the
        /// writer take turns.
        case rollback = "DELETE"
    }

    public var location: Location
    /// How a file's transactions are made; a file that has the other journal is switched when it is opened.
    public var journal: Journal
    public var synchronous: Synchronous
    /// Read connections of a file; one for each thread that reads at the same time.
    public var readers: Int
    /// How long a statement tries again for another process's lock.
    public var busyTimeout: Duration
    /// Open an existing file to look at it: nothing in it changes, not even its journal mode.
    public var isReadOnly: Bool

    public init(
        location: Location,
        journal: Journal = .writeAheadLog,
        synchronous: Synchronous = .full,
        readers: Int = 4,
        busyTimeout: Duration = .seconds(5),
        isReadOnly: Bool = false
    ) {
        self.location = location
        self.journal = journal
        self.synchronous = synchronous
        self.readers = max(1, readers)
        self.busyTimeout = busyTimeout
        self.isReadOnly = isReadOnly
    }
}
