/// An order to stop, and how far a loop has got with it: time and counts go in, the next step comes out.
struct Drain {
    enum Step: Equatable {
        case wait
        /// The deadline has passed: answer for the handlers that wait.
        case cut
        case stop
    }

    /// What a loop looks like to its drain.
    struct Situation {
        var now: ContinuousClock.Instant
        var lastAnswer: ContinuousClock.Instant
        var activeRequests: Int
        var connections: Int
    }

    private let start: ContinuousClock.Instant
    private let deadline: ContinuousClock.Instant
    private let report: @Sendable (Int) -> Void
    private var cutAt: ContinuousClock.Instant?
    private var requestsCut = 0

    /// A client that keeps its connection may have sent its next request before it could know: it gets this long to hear
    /// `Connection: close` instead of a reset.
    private static let linger = Duration.milliseconds(250)
    /// How long answers to cut requests get to leave.
    private static let flush = Duration.milliseconds(250)

    init(
        start: ContinuousClock.Instant = .now,
        deadline: ContinuousClock.Instant,
        report: @escaping @Sendable (Int) -> Void
    ) {
        self.start = start
        self.deadline = deadline
        self.report = report
    }

    mutating func step(_ situation: Situation) -> Step {
        if let cutAt { return situation.activeRequests == 0 || situation.now >= cutAt + Self.flush ? .stop : .wait }
        if situation.connections == 0 { return .stop }
        if situation.activeRequests == 0, situation.now >= max(start, situation.lastAnswer) + Self.linger { return .stop }
        guard situation.now >= deadline else { return .wait }
        cutAt = situation.now
        requestsCut = situation.activeRequests
        return .cut
    }

    /// Tells who ordered it that the loop has ended, and how many requests were cut.
    func finish() {
        report(requestsCut)
    }
}
