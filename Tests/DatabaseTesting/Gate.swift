public import Database
import Dispatch

/// Something that tests wait for, instead of sleeping: it opens once and stays open.
public final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    public init() { (stream, continuation) = AsyncStream.makeStream() }

    public func open() {
        semaphore.signal()
        continuation.finish()
    }

    public var isOpen: Bool {
        guard semaphore.wait(timeout: .now()) == .success else { return false }
        semaphore.signal()
        return true
    }

    /// Suspends the task until the gate is open.
    public func opened() async { for await _ in stream {} }

    /// Blocks the thread until the gate is open: for the bodies of sessions, which run on threads that may be blocked.
    public func waitUntilOpen() {
        semaphore.wait()
        semaphore.signal()
    }
}

extension DatabaseBridge {
    /// Runs `body` while a transaction of this database keeps every other writer out.
    public func holdingWriteLock(_ body: () async throws -> Void) async throws {
        let (locked, done) = (Gate(), Gate())
        async let holder: Void = withSchemaSession(SchemaSessionOptions()) { session in
            try session.transaction {
                locked.open()
                done.waitUntilOpen()
            }
        }
        await locked.opened()
        defer { done.open() }
        try await body()
        done.open()
        try await holder
    }
}
