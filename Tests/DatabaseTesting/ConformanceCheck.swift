public import Database

/// One thing that every engine behind ``DatabaseBridge`` has to do. Run all of them against a fresh, empty database each.
public struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// A sentence about behaviour.
    public let description: String
    /// Throws where the bridge does not behave so.
    public let run: @Sendable (any DatabaseBridge) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (any DatabaseBridge) async throws -> Void) {
        self.description = description
        self.run = run
    }
}

/// What a bridge did otherwise than the seam promises.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
}

func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
    guard condition else { throw ConformanceFailure(description: otherwise()) }
}

/// Runs `body`, which has to throw a ``DatabaseError``, and returns that error.
func databaseError(_ body: () async throws -> Void) async throws -> DatabaseError {
    do { try await body() } catch let error as DatabaseError { return error }
    throw ConformanceFailure(description: "no DatabaseError was thrown")
}
