/// A body on its way between a handler, which waits, and a connection, which never does: a bounded buffer, in either direction.
///
/// Confined to its loop's thread, like the exchange that owns it, which is told of every step of the handler: it suspends and resumes the
/// connection.
final class BodyPipe {
    /// What the connection's side finds.
    enum Supply: Equatable {
        case bytes(Int)
        /// Nothing yet.
        case empty
        case ended
        case failed
    }

    /// Enough that a round of a loop has something to send while the handler makes more, and little enough for a thousand connections.
    static let capacity = 64 << 10

    private var bytes: [UInt8] = []
    /// How many of `bytes` have been taken.
    private var start = 0
    private var ending: Result<Void, any Error>?
    private var handler: CheckedContinuation<Void, Never>?
    private let handlerActed: () -> Void
    /// The most bytes that were ever held.
    private(set) var highWater = 0

    /// - Parameter handlerActed: called when the handler has written, taken or ended.
    init(handlerActed: @escaping () -> Void) {
        self.handlerActed = handlerActed
    }

    /// Bytes that were put in and not yet taken.
    private var count: Int { bytes.count - start }

    var isFull: Bool { count >= Self.capacity }

    // MARK: The connection's side

    /// Adds what came from the client; the connection stops reading when it is full.
    func put(_ chunk: UnsafeRawBufferPointer) {
        unsafe append(chunk)
        wakeHandler()
    }

    /// Fills `target` with what there is for the client.
    func take(into target: UnsafeMutableRawBufferPointer) -> Supply {
        if case .failure = ending { return .failed }
        guard count > 0 else { return ending == nil ? .empty : .ended }
        let taken = min(count, target.count)
        unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: .init(rebasing: $0[start..<start + taken])) }
        start += taken
        if count == 0 { forgetTaken() }
        if count <= Self.capacity / 2 { wakeHandler() }
        return .bytes(taken)
    }

    /// No more will come, or nobody takes any more. The first end counts.
    func end(_ result: Result<Void, any Error>) {
        if ending == nil { ending = result }
        wakeHandler()
    }

    // MARK: The handler's side

    /// Adds what the handler has made, waiting for room as often as necessary.
    ///
    /// - Throws: what the pipe has failed with, `CancellationError` when the client is gone.
    func write(_ chunk: [UInt8]) async throws {
        var written = 0
        while written < chunk.count {
            try ending?.get()
            let size = min(Self.capacity - count, chunk.count - written)
            guard size > 0 else {
                await change()
                continue
            }
            unsafe chunk.withUnsafeBytes { unsafe append(.init(rebasing: $0[written..<written + size])) }
            written += size
            handlerActed()
        }
    }

    /// All that is there, waiting for the first byte; nil at the end.
    ///
    /// - Throws: what the pipe has failed with, `CancellationError` when the client is gone.
    func next() async throws -> [UInt8]? {
        while true {
            if case .failure(let error) = ending { throw error }
            if count > 0 { break }
            if ending != nil { return nil }
            await change()
        }
        // Nothing is ever taken in parts on this side.
        let chunk = bytes
        bytes = []
        handlerActed()
        return chunk
    }

    /// The handler has written all, or cannot go on.
    func endWriting(_ result: Result<Void, any Error>) {
        end(result)
        handlerActed()
    }

    // MARK: Helpers

    private func append(_ chunk: UnsafeRawBufferPointer) {
        if bytes.isEmpty { bytes.reserveCapacity(Self.capacity) }
        unsafe bytes.append(contentsOf: chunk)
        highWater = max(highWater, count)
    }

    /// What is written next begins at the front again.
    private func forgetTaken() {
        bytes.removeAll(keepingCapacity: true)
        start = 0
    }

    private func change() async {
        await withCheckedContinuation { handler = $0 }
    }

    private func wakeHandler() {
        handler.take()?.resume()
    }
}
