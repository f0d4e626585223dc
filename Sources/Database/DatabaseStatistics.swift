public import Metrics

/// What a database tells about itself without being asked: counts in memory, and what the file system has in its tables.
public struct DatabaseStatistics: Sendable {
    /// Writes that wait until the writer begins their transaction.
    public var queuedWrites: Int
    /// Statements that the writer has begun so far; while it is in a long transaction, this tells whether it gets on.
    public var begunStatements: Int
    /// How many writes each transaction has had.
    public var batchSizes: Distribution
    /// Nil for a database that has no file.
    public var file: File?

    public init(queuedWrites: Int, begunStatements: Int, batchSizes: Distribution, file: File?) {
        self.queuedWrites = queuedWrites
        self.begunStatements = begunStatements
        self.batchSizes = batchSizes
        self.file = file
    }

    /// What the file system says. Each value is nil where it cannot be told.
    public struct File: Sendable, Hashable {
        /// Of the database file, in bytes.
        public var bytes: Int?
        /// Of the write-ahead log, in bytes.
        public var logBytes: Int?
        /// Room for this user on the file's disk, in bytes.
        public var freeBytes: Int?
        /// Whether the path still leads to the file that was opened, and so to where writes go.
        public var isInPlace: Bool

        public init(bytes: Int? = nil, logBytes: Int? = nil, freeBytes: Int? = nil, isInPlace: Bool) {
            self.bytes = bytes
            self.logBytes = logBytes
            self.freeBytes = freeBytes
            self.isInPlace = isInPlace
        }

        /// Whether there is the room that the next writes need.
        public var hasRoom: Bool { freeBytes.map { $0 >= Self.neededRoom } ?? true }

        /// What a batch of writes and a checkpoint may take, in bytes.
        public static let neededRoom = 1 << 20
    }
}
