import Database

extension DatabaseBridge {
    /// Lends the database to `body`, and closes it, whatever comes of that.
    func lent<Result>(to body: (Self) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            try await close()
            return result
        } catch {
            // What went wrong first is what counts.
            _ = try? await close()
            throw error
        }
    }
}
