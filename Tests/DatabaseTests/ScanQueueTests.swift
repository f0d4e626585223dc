import Testing

@testable import Database

/// Which scans are worth waiting, by their deadlines and by how long the last ones took.
@Suite struct ScanQueueTests {
    /// Five seconds, which begin at `start`.
    private let limit = Interruption(SchemaSessionOptions(timeout: .seconds(5)))
    private let start: ContinuousClock.Instant
    private let noLimit = Interruption(SchemaSessionOptions())

    init() throws {
        start = try #require(limit.deadline) - .seconds(5)
    }

    private func queue(_ scans: ClosedRange<Int>, _ interruption: Interruption, after durations: Duration...) -> ScanQueue<Int> {
        var queue = ScanQueue<Int>(lanes: 2)
        for duration in durations { queue.record(duration) }
        for scan in scans { queue.append(scan, interruption) }
        return queue
    }

    @Test func `scans come out in the order in which they came`() {
        var queue = queue(1...3, noLimit)
        #expect([queue.popFirst(), queue.popFirst(), queue.popFirst(), queue.popFirst()] == [1, 2, 3, nil])
    }

    /// Two lanes and a third of a second for each: the first is done after that, and each other one a sixth later.
    @Test func `as many may wait as can be done in their time`() {
        var queue = queue(1...100, limit, after: .milliseconds(333))
        #expect(queue.removeHopeless(at: start) == Array(30...100))
        #expect(queue.removeHopeless(at: start).isEmpty && queue.popFirst() == 1)
    }

    @Test func `until one has ended nothing is known, and all wait until their time is over`() {
        var queue = queue(1...1000, limit)
        #expect(queue.removeHopeless(at: start).isEmpty)
        #expect(queue.removeHopeless(at: start + .seconds(5)).count == 1000)
    }

    @Test func `fast scans may be many`() {
        var queue = queue(1...1000, limit, after: .milliseconds(5))
        #expect(queue.removeHopeless(at: start).isEmpty)
    }

    @Test func `what has no limit is never refused, and counts for those behind it`() {
        var queue = queue(1...100, noLimit, after: .seconds(1))
        queue.append(101, limit)
        #expect(queue.removeHopeless(at: start) == [101])
    }

    @Test func `one that is cancelled makes room`() {
        var queue = queue(1...8, limit, after: .seconds(1))
        let cancelled = Interruption(SchemaSessionOptions())
        queue.append(9, cancelled)
        queue.append(10, noLimit)
        cancelled.cancel()
        #expect(queue.removeHopeless(at: start) == [9])
    }

    @Test func `one slow scan does not make the next ones hopeless, and several do`() {
        var afterOne = queue(1...1, limit, after: .milliseconds(1), .seconds(5))
        #expect(afterOne.removeHopeless(at: start).isEmpty)
        var afterMany = queue(1...1, limit, after: .seconds(5), .seconds(5))
        #expect(afterMany.removeHopeless(at: start) == [1])
    }
}
