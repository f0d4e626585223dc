internal import Synchronization

/// Counts observations by their size. An observation is two additions: no lock, no allocation, no system call.
///
/// ```swift
/// let batches = Histogram(bounds: [1, 10, 100])
/// batches.observe(7)
/// ```
public final class Histogram: Sendable {
    /// Bounds are whole numbers of the caller's unit, such as nanoseconds; the exposition turns them into the metric's unit.
    private let bounds: [Int]
    // Room for the most buckets that anyone here needs: it has to be in the object itself, so that an observation follows no pointer.
    private let counts = InlineArray<20, Atomic<Int>> { _ in Atomic(0) }
    private let sum = Atomic(0)

    /// - Parameter bounds: the buckets' largest values, ascending, at most 19; what is larger than the last is counted too.
    public init(bounds: [Int]) {
        precondition(bounds.count < 20, "a histogram has at most 19 bounds")
        self.bounds = bounds
    }

    public func observe(_ value: Int) {
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        counts[bucket].add(1, ordering: .relaxed)
        sum.wrappingAdd(value, ordering: .relaxed)
    }

    /// What has been observed so far. Observations beside it may be in the counts and not yet in the sum.
    public var distribution: Distribution {
        let counts = (0...bounds.count).map { self.counts[$0].load(ordering: .relaxed) }
        return Distribution(bounds: bounds, counts: counts, sum: sum.load(ordering: .relaxed))
    }
}

/// What a ``Histogram`` has counted.
public struct Distribution: Sendable, Hashable {
    /// The buckets' largest values, ascending.
    public let bounds: [Int]
    /// The observations in each bucket and in no smaller one; one more than there are bounds.
    public private(set) var counts: [Int]
    /// All observed values together.
    public private(set) var sum: Int

    /// Nothing observed yet.
    public init(bounds: [Int]) {
        self.init(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1), sum: 0)
    }

    init(bounds: [Int], counts: [Int], sum: Int) {
        (self.bounds, self.counts, self.sum) = (bounds, counts, sum)
    }

    /// Adds what another histogram with the same bounds has counted.
    public mutating func add(_ other: Distribution) {
        precondition(bounds == other.bounds, "distributions with different bounds have no sum")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}
