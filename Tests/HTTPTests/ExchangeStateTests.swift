import Testing

@testable import HTTP

@Suite struct ExchangeStateTests {
    private func actions(_ events: [ExchangeState.Event], bodyLimit: Int = 10) -> [ExchangeState.Action] {
        var state = ExchangeState(bodyLimit: bodyLimit)
        return events.map { state.on($0) }
    }

    @Test func `a handler that does not wait is answered in the same callback`() {
        let events: [ExchangeState.Event] = [.head(accepted: true), .body(4), .end(accepting: true), .finished, .started, .completed]
        #expect(actions(events) == [.none, .store, .start, .keep, .queue, .none])
    }

    @Test func `a handler that waits is answered when its connection is resumed`() {
        let events: [ExchangeState.Event] = [
            .head(accepted: true), .end(accepting: true), .started, .finished, .end(accepting: true), .completed,
        ]
        #expect(actions(events) == [.none, .start, .suspend, .resume, .queue, .none])
    }

    @Test func `a refused head is answered and nothing else`() {
        #expect(actions([.head(accepted: false), .completed]) == [.refuse, .none])
    }

    @Test func `a body over the limit is dropped, refused at its end, and cut when it does not end`() {
        #expect(
            actions([.head(accepted: true), .body(10), .body(1), .body(5), .end(accepting: true)])
                == [.none, .store, .discard, .discard, .queueContentTooLarge]
        )
        #expect(actions([.head(accepted: true), .body(11), .body(170)]) == [.none, .discard, .abandon])
    }

    @Test func `a handler that is late is answered for once, and its own answer dropped`() {
        let events: [ExchangeState.Event] = [
            .head(accepted: true), .end(accepting: true), .started, .expired, .expired, .finished, .end(accepting: true), .finished,
            .completed, .finished,
        ]
        #expect(actions(events) == [.none, .start, .suspend, .giveUp, .none, .none, .queue, .none, .none, .none])
    }

    @Test func `a deadline changes nothing for a request that is not waiting`() {
        #expect(actions([.expired, .head(accepted: true), .expired, .body(1), .expired]) == [.none, .none, .none, .store, .none])
    }

    @Test func `a server that cuts starts no handler but lets answers go`() {
        #expect(actions([.head(accepted: true), .end(accepting: false)]) == [.none, .queueDraining])
        let events: [ExchangeState.Event] = [.head(accepted: true), .end(accepting: true), .started, .expired, .end(accepting: false)]
        #expect(actions(events) == [.none, .start, .suspend, .giveUp, .queue])
    }

    @Test func `a handler whose connection is gone goes on without it`() {
        let events: [ExchangeState.Event] = [.head(accepted: true), .end(accepting: true), .started, .completed, .finished, .expired]
        #expect(actions(events) == [.none, .start, .suspend, .detach, .none, .none])
    }

    @Test func `a call out of order ends the connection`() {
        #expect(actions([.body(1)]) == [.abandon])
        #expect(actions([.head(accepted: true), .end(accepting: true), .started, .end(accepting: true)]).last == .abandon)
    }
}
