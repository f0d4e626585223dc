/// A request's body, piece by piece: as it arrives where the route's ``Route/body`` is ``BodyMode/streamed(limit:)``, else whole.
///
/// ```swift
/// while let chunk = try await request.chunks.next() { count += chunk.count }
/// ```
public final class RequestBody {
    private var whole: [UInt8]
    private let pipe: BodyPipe?

    /// A body that is all there.
    init(_ whole: [UInt8]) {
        self.whole = whole
        pipe = nil
    }

    /// A body that comes through a pipe.
    init(_ pipe: BodyPipe) {
        whole = []
        self.pipe = pipe
    }

    /// The next piece, of up to some hundred kilobytes; nil at the end. While nobody asks, the client has to wait.
    ///
    /// - Throws: ``Refusal/contentTooLarge(limit:)`` for a body that grows over its limit, `CancellationError` when the client is gone or the
    ///   server stops.
    public func next() async throws -> [UInt8]? {
        if let pipe { return try await pipe.next() }
        defer { whole = [] }
        return whole.isEmpty ? nil : whole
    }
}

/// How a route takes the bodies of its requests.
public enum BodyMode: Sendable, Equatable {
    /// Whole, before the handler starts: ``Request/body``, at most ``Server/Configuration/maximumBodySize`` bytes.
    case buffered
    /// As it arrives: the handler starts when the head is complete and takes ``Request/chunks``, at most `limit` bytes in sum.
    case streamed(limit: Int)
}
