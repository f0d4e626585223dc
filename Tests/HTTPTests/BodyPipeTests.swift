import Testing

@testable import HTTP

@Suite struct BodyPipeTests {
    /// Takes everything, in pieces of `size`, yielding to the writer whenever there is nothing.
    private func drain(_ pipe: BodyPipe, by size: Int) async -> [UInt8]? {
        var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: size))
        while true {
            switch unsafe buffer.withUnsafeMutableBytes({ unsafe pipe.take(into: $0) }) {
            case .bytes(let count): all += buffer.prefix(count)
            case .empty: await Task.yield()
            case .ended: return all
            case .failed: return nil
            }
        }
    }

    @MainActor @Test(arguments: [1, 100, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, 200_000])
    func `what is written arrives whole and in order, and never more is held than the capacity`(size: Int) async throws {
        let pipe = BodyPipe {}
        let pieces = (0..<5).map { piece in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ piece) } }
        let writer = Task { @MainActor in
            for piece in pieces { try await pipe.write(piece) }
            pipe.endWriting(.success(()))
        }
        #expect(await drain(pipe, by: 16 << 10) == pieces.flatMap(\.self))
        try await writer.value
        #expect(pipe.highWater <= BodyPipe.capacity)
    }

    @MainActor @Test func `a writer whose reader is gone is told`() async {
        let pipe = BodyPipe {}
        let writer = Task { @MainActor in try await pipe.write([UInt8](repeating: 0, count: 1 << 20)) }
        while !pipe.isFull { await Task.yield() }
        pipe.end(.failure(CancellationError()))
        await #expect(throws: CancellationError.self) { try await writer.value }
    }

    @MainActor @Test func `a reader gets what was put in, then the end; a failure comes at once`() async throws {
        let pipe = BodyPipe {}
        unsafe [1, 2].withUnsafeBytes { unsafe pipe.put($0) }
        pipe.end(.success(()))
        #expect(try await pipe.next()?.count == 16)
        #expect(try await pipe.next() == nil)
        let failed = BodyPipe {}
        unsafe [1].withUnsafeBytes { unsafe failed.put($0) }
        failed.end(.failure(Refusal.contentTooLarge(limit: 1)))
        await #expect(throws: Refusal.self) { try await failed.next() }
    }
}
