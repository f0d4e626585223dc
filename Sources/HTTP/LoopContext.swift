/// What the callbacks of one loop share. Confined to the loop's thread, like everything it holds.
final class LoopContext {
    let configuration: Server.Configuration
    let responder: any Responder
    let loop: EventLoop
    /// Whether a drain's deadline has passed: no handler is started any more.
    private(set) var isCutting = false
    /// The time at the start of this round: one reading of the clock serves all requests of a round.
    private(set) var now = ContinuousClock.now
    private(set) var lastAnswer = ContinuousClock.now
    private(set) var activeRequests = 0
    /// Whether the loop has ended: what is left of its handlers runs on other threads.
    var isOver = false
    private var connections = ConnectionTable()
    /// Of connections that libmicrohttpd has not taken over yet, by their descriptors.
    private var slots: [Int32: ConnectionSlot] = [:]
    private var lingering = LingeringConnections()
    private var nextSweep = ContinuousClock.now

    init(configuration: Server.Configuration, responder: any Responder, loop: EventLoop) {
        self.configuration = configuration
        self.responder = responder
        self.loop = loop
    }

    /// Whether there is a connection that has to be looked at once in a while, a lingering one included: no event tells of its end.
    var hasConnections: Bool { connections.count > 0 || !lingering.isEmpty }

    // MARK: The clock

    /// How long a round may sleep: until connections are looked at again, or in a drain until it can have got on.
    var patience: Duration {
        loop.isDraining || !lingering.isEmpty ? .milliseconds(10) : configuration.sweepInterval
    }

    /// Starts a round, and once in a while looks for connections that are late.
    func beginRound() {
        now = .now
        if !lingering.isEmpty { connectionsEnded(lingering.sweep(at: now)) }
        guard now >= nextSweep else { return }
        connections.sweep(at: now, grace: configuration.requestTimeout)
        nextSweep = now + configuration.sweepInterval
    }

    // MARK: The end

    var situation: Drain.Situation {
        .init(now: now, lastAnswer: lastAnswer, activeRequests: activeRequests, connections: connections.count + lingering.count)
    }

    /// Answers for every handler that waits, ends what is streamed, and starts no more.
    func cut() {
        isCutting = true
        connections.cutAll()
    }

    /// Nothing happens on this loop any more.
    func end() {
        connectionsEnded(lingering.endAll())
        isOver = true
    }

    // MARK: Connections and requests come and go

    /// Keeps a slot until libmicrohttpd tells of its connection.
    func keep(_ slot: ConnectionSlot?, of descriptor: Int32) {
        if let slot { slots[descriptor] = slot }
    }

    func takeSlot(of descriptor: Int32) -> ConnectionSlot? {
        slots.isEmpty ? nil : slots.removeValue(forKey: descriptor)
    }

    func opened(_ connection: Connection) {
        connections.insert(connection)
    }

    func closed(_ connection: Connection) {
        endExchange(on: connection)
        connections.remove(connection)
        if connection.lingers, let socket = connection.duplicate() {
            lingering.insert(socket, connection.slot, at: now)
        } else {
            loop.connectionClosed()
        }
    }

    private func connectionsEnded(_ count: Int) {
        for _ in 0..<count { loop.connectionClosed() }
    }

    func began(_ exchange: Exchange, on connection: Connection) {
        endExchange(on: connection)
        connection.exchange = exchange
        connection.deadline = now + configuration.requestTimeout
        activeRequests += 1
        loop.publish(activeRequests: activeRequests)
    }

    /// Ends the request of a connection, if it has one.
    func endExchange(on connection: Connection) {
        guard let exchange = connection.exchange else { return }
        exchange.completed()
        connection.exchange = nil
        // Until the next request line is whole nothing tells a slow client from a quiet one: it may be quiet, then slow.
        connection.deadline = now + configuration.idleTimeout + configuration.requestTimeout
        lastAnswer = now
        if !exchange.isStreaming { requestEnded() }
    }

    /// A request has been answered, and where its handler streams, that has ended too: a drain waits for it.
    func requestEnded() {
        activeRequests -= 1
        loop.publish(activeRequests: activeRequests)
    }
}
