import Testing

@testable import HTTP

@Suite struct ExchangeStateTests {
    private func actions(_ events: [ExchangeState.Event], bodyLimit: Int = 10) -> [ExchangeState.Action] {
        var state = ExchangeState(bodyLimit: bodyLimit)
        return events.map { state.on($0) }
    }

    @Test func `a handler that does not wait is answered in the same callback`() {
        let events: [ExchangeState.Event] = [.head(.buffered), .body(4), .end(accepting: true), .finished, .started, .completed]
        #expect(actions(events) == [.none, .store, .start, .keep, .queue, .none])
    }

    @Test func `a handler that waits is answered when its connection is resumed`() {
        let events: [ExchangeState.Event] = [
            .head(.buffered), .end(accepting: true), .started, .finished, .end(accepting: true), .completed,
        ]
        #expect(actions(events) == [.none, .start, .suspend, .resume, .queue, .none])
    }

    @Test func `a refused head is answered and nothing else`() {
        #expect(actions([.head(.refused), .completed]) == [.refuse, .none])
    }

    @Test func `a body over the limit is dropped, refused at its end, and cut when it does not end`() {
        #expect(
            actions([.head(.buffered), .body(10), .body(1), .body(5), .end(accepting: true)])
                == [.none, .store, .discard, .discard, .queueContentTooLarge]
        )
        #expect(actions([.head(.buffered), .body(11), .body(170)]) == [.none, .discard, .abandon])
    }

    @Test func `a handler that is late is answered for once, and its own answer dropped`() {
        let events: [ExchangeState.Event] = [
            .head(.buffered), .end(accepting: true), .started, .expired, .expired, .finished, .end(accepting: true), .finished,
            .completed, .finished,
        ]
        #expect(actions(events) == [.none, .start, .suspend, .giveUp, .none, .none, .queue, .none, .none, .none])
    }

    @Test func `a deadline changes nothing for a request that is not waiting`() {
        #expect(actions([.expired, .head(.buffered), .expired, .body(1), .expired]) == [.none, .none, .none, .store, .none])
    }

    @Test func `a server that cuts starts no handler but lets answers go`() {
        #expect(actions([.head(.buffered), .end(accepting: false)]) == [.none, .queueDraining])
        let events: [ExchangeState.Event] = [.head(.buffered), .end(accepting: true), .started, .expired, .end(accepting: false)]
        #expect(actions(events) == [.none, .start, .suspend, .giveUp, .queue])
    }

    @Test func `a handler whose connection is gone goes on without it`() {
        let events: [ExchangeState.Event] = [.head(.buffered), .end(accepting: true), .started, .completed, .finished, .expired]
        #expect(actions(events) == [.none, .start, .suspend, .detach, .none, .none])
    }

    @Test func `a call out of order ends the connection`() {
        #expect(actions([.body(1)]) == [.abandon])
        #expect(actions([.head(.buffered), .end(accepting: true), .started, .end(accepting: true)]).last == .abandon)
    }

    // MARK: Streams

    private let head = ExchangeState.Event.head(.streamed(limit: 1000))

    @Test func `a handler that takes the body while it arrives is answered at its end`() {
        let events: [ExchangeState.Event] = [
            head, .started, .body(400), .full, .moved, .body(600), .end(accepting: true), .finished, .end(accepting: true), .completed,
        ]
        #expect(actions(events) == [.startStreaming, .none, .feed, .suspend, .resume, .feed, .endBody, .resume, .queue, .none])
    }

    @Test func `a handler that ends at the head is answered before the body`() {
        #expect(actions([head, .finished, .started, .completed]) == [.startStreaming, .keep, .queue, .none])
    }

    @Test func `a handler that ends in the middle of the body is answered at its end`() {
        let events: [ExchangeState.Event] = [head, .started, .body(10), .finished, .body(900), .end(accepting: true)]
        #expect(actions(events) == [.startStreaming, .none, .feed, .keep, .discard, .queue])
        #expect(
            actions([head, .started, .body(10), .full, .finished, .body(900), .end(accepting: true)]).suffix(3) == [
                .resume, .discard, .queue,
            ]
        )
    }

    @Test func `a streamed body over its limit is told to the handler, and cut when it does not end`() {
        #expect(actions([head, .started, .body(1001), .body(1), .end(accepting: true)]).suffix(3) == [.failBody, .failBody, .endBody])
        #expect(actions([head, .started, .body(2 << 20)]).last == .abandon)
        #expect(actions([head, .started, .body(1), .finished, .body(2 << 20)]).last == .abandon)
    }

    @Test func `a streamed response is suspended while there is nothing to send`() {
        let events: [ExchangeState.Event] = [
            .head(.buffered), .end(accepting: true), .finished, .started, .streams, .empty, .moved, .moved, .empty, .moved, .completed,
        ]
        #expect(
            actions(events) == [.none, .start, .keep, .queue, .none, .suspend, .resume, .none, .suspend, .resume, .detach]
        )
    }

    @Test func `a clock runs for the client of a stream, and none for its handler`() {
        #expect(actions([head, .started, .body(1), .full, .expired]).last == .wait)
        #expect(actions([head, .started, .end(accepting: true), .expired]).last == .wait)
        #expect(actions([head, .started, .body(1), .expired]).last == ExchangeState.Action.none)
        let sending: [ExchangeState.Event] = [.head(.buffered), .end(accepting: true), .finished, .started, .streams]
        #expect(actions(sending + [.expired]).last == ExchangeState.Action.none)
        #expect(actions(sending + [.empty, .expired]).last == .wait)
    }

    @Test func `a server that cuts ends streams, and answers where it still can`() {
        #expect(actions([head, .started, .body(1), .cut]).last == .giveUpAndDisconnect)
        #expect(actions([head, .started, .body(1), .full, .cut, .end(accepting: false)]).suffix(2) == [.giveUp, .queue])
        #expect(actions([head, .started, .end(accepting: true), .cut, .end(accepting: false)]).suffix(2) == [.giveUp, .queue])
        let sending: [ExchangeState.Event] = [.head(.buffered), .end(accepting: true), .finished, .started, .streams]
        #expect(actions(sending + [.cut]).last == .disconnect)
        #expect(actions(sending + [.empty, .cut, .empty]).suffix(2) == [.breakOff, .suspend])
    }

    @Test func `a streaming handler whose connection is gone is told`() {
        #expect(actions([head, .started, .body(1), .completed, .moved, .finished]).suffix(3) == [.detach, .none, .none])
    }
}
