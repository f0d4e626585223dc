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

    public var location: Location
    public var synchronous: Synchronous
    /// Read connections of a file; one for each thread that reads at the same time.
    public var readers: Int
    /// How long a statement tries again for another process's lock.
    public var busyTimeout: Duration
    /// Open an existing file to look at it: nothing in it changes, not even its journal mode.
    public var isReadOnly: Bool

    public init(
        location: Location,
        synchronous: Synchronous = .full,
        readers: Int = 4,
        busyTimeout: Duration = .seconds(5),
        isReadOnly: Bool = false
    ) {
        self.location = location
        self.synchronous = synchronous
        self.readers = max(1, readers)
        self.busyTimeout = busyTimeout
        self.isReadOnly = isReadOnly
    }
}
