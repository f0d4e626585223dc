import Synchronization

/// How many statements a connection has begun. It goes up while a long transaction gets on, for those who look from another thread.
final class StatementCount: Sendable {
    private let count = Atomic(0)

    var current: Int { count.load(ordering: .relaxed) }

    func add() { count.add(1, ordering: .relaxed) }
}
