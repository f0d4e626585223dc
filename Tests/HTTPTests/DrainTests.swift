import Testing

@testable import HTTP

@Suite struct DrainTests {
    private let start = ContinuousClock.now

    private func situation(at time: Duration, active: Int, connections: Int, lastAnswer: Duration = .zero) -> Drain.Situation {
        .init(now: start + time, lastAnswer: start + lastAnswer, activeRequests: active, connections: connections)
    }

    @Test func `without connections it stops at once`() {
        var drain = Drain(start: start, deadline: start + .seconds(9)) { _ in }
        #expect(drain.step(situation(at: .zero, active: 0, connections: 0)) == .stop)
    }

    @Test func `it waits for requests, then a moment for those on their way`() {
        var drain = Drain(start: start, deadline: start + .seconds(9)) { _ in }
        #expect(drain.step(situation(at: .seconds(5), active: 1, connections: 3)) == .wait)
        #expect(drain.step(situation(at: .milliseconds(5200), active: 0, connections: 2, lastAnswer: .seconds(5))) == .wait)
        #expect(drain.step(situation(at: .milliseconds(5250), active: 0, connections: 2, lastAnswer: .seconds(5))) == .stop)
    }

    @Test func `an answer long ago does not shorten that moment`() {
        var drain = Drain(start: start, deadline: start + .seconds(9)) { _ in }
        #expect(drain.step(situation(at: .milliseconds(200), active: 0, connections: 1, lastAnswer: .seconds(-60))) == .wait)
        #expect(drain.step(situation(at: .milliseconds(250), active: 0, connections: 1, lastAnswer: .seconds(-60))) == .stop)
    }

    @Test func `at the deadline it cuts what is left, once, and counts it`() async {
        let reported = await withCheckedContinuation { continuation in
            var drain = Drain(start: start, deadline: start + .seconds(9)) { continuation.resume(returning: $0) }
            #expect(drain.step(situation(at: .seconds(9), active: 2, connections: 2)) == .cut)
            #expect(drain.step(situation(at: .seconds(9), active: 1, connections: 1)) == .wait)
            #expect(drain.step(situation(at: .milliseconds(9250), active: 1, connections: 1)) == .stop)
            drain.finish()
        }
        #expect(reported == 2)
    }
}
