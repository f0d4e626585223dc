/// What the body of a streamed response is written with.
///
/// ```swift
/// Response(status: .ok, headers: [.contentType: "text/plain"]) { body in
///     for line in 1...1_000_000 { try await body.write(Array("\(line)\n".utf8)) }
/// }
/// ```
public struct BodyWriter {
    private let sink: ([UInt8]) async throws -> Void

    /// A writer whose pieces go to `sink`: for tests without a socket, and to look at what passes.
    public init(_ sink: @escaping ([UInt8]) async throws -> Void) {
        self.sink = sink
    }

    /// Sends a piece; waits while the client has to catch up. Pieces of some kilobytes are best.
    ///
    /// - Throws: `CancellationError` when the client is gone or the server stops: there is nobody to write for.
    public func write(_ bytes: [UInt8]) async throws {
        try await sink(bytes)
    }
}
