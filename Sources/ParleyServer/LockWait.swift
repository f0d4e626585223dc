import Database

/// A wait for another process that has the lock of the database.
struct LockWait {
    let reason: DatabaseError
    let holder: Int?
    let limit: Duration

    /// For people.
    var text: String {
        let name = holder.map { "process \($0)" } ?? "another process"
        return "waiting up to \(Double(limit / .milliseconds(1)) / 1_000) s for \(name) to let go of the database".replacing(
            ".0 s",
            with: " s"
        )
    }
}
