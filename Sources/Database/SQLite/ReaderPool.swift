import Glibc

/// The read connections of a file: one for each thread that usually reads, taken without a queue.
struct ReaderPool: Sendable {
    private let readers: [SharedConnection]

    /// - Parameter readers: at least one.
    init(_ readers: [SharedConnection]) {
        self.readers = readers
    }

    /// Runs `body` on an idle reader, beginning with the one this thread used last time; where all are busy, it waits for that one.
    func withReader<Result: Sendable>(_ body: (Connection) throws -> Result) throws -> Result {
        let first = preferredIndex
        for offset in readers.indices {
            let reader = readers[(first + offset) % readers.count]
            if let result = try reader.withConnectionIfIdle(body) { return result }
        }
        return try readers[first].withConnection(body)
    }

    func close() {
        for reader in readers { reader.close() }
    }

    /// Threads differ in the middle bits of their handle (it is the address of their stack), which the multiplication spreads.
    private var preferredIndex: Int {
        Int((UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15) >> 33) % readers.count
    }
}
