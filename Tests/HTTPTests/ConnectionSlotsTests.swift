import Glibc
import Testing

@testable import HTTP

@Suite struct ConnectionSlotsTests {
    private func take(_ slots: ConnectionSlots, _ host: String) -> ConnectionSlots.Outcome? {
        unsafe SocketAddress(host: host, port: 1).withSystemAddress { address, _ in unsafe slots.take(for: address) }
    }

    private func isFull(_ slots: ConnectionSlots, _ host: String) -> Bool {
        if case .full = take(slots, host) { true } else { false }
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1", "::ffff:192.0.2.1"), ("2001:db8::1", "2001:db8::ffff:1"),
    ])
    func `a client has so many connections, by whatever address`(first: String, second: String) {
        let slots = ConnectionSlots(limit: 1)
        let held = take(slots, first)
        #expect(isFull(slots, second))
        withExtendedLifetime(held) {}
    }

    @Test(arguments: [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("192.0.2.1", "2001:db8::1")])
    func `others are counted for themselves`(first: String, second: String) {
        let slots = ConnectionSlots(limit: 1)
        let held = take(slots, first)
        #expect(!isFull(slots, second))
        withExtendedLifetime(held) {}
    }

    @Test func `a connection that ends makes room for another`() {
        let slots = ConnectionSlots(limit: 2)
        let first = take(slots, "192.0.2.1")
        do {
            let second = take(slots, "192.0.2.1")
            #expect(isFull(slots, "192.0.2.1"))
            withExtendedLifetime(second) {}
        }
        #expect(!isFull(slots, "192.0.2.1"))
        withExtendedLifetime(first) {}
    }

    @Test func `a connection that lingers is counted until its socket is closed`() {
        let slots = ConnectionSlots(limit: 1)
        var lingering = LingeringConnections()
        if case .counted(let slot) = take(slots, "192.0.2.1") {
            lingering.insert(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), slot, at: .now)
        }
        #expect(isFull(slots, "192.0.2.1"))
        #expect(lingering.endAll() == 1)
        #expect(!isFull(slots, "192.0.2.1"))
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func `this machine is not counted`(host: String) {
        let slots = ConnectionSlots(limit: 1)
        for _ in 0..<3 { if case .unlimited = take(slots, host) {} else { Issue.record("\(host) is counted") } }
    }

    @Test func `without a limit nobody is`() {
        if case .unlimited = take(ConnectionSlots(limit: 0), "192.0.2.1") {} else { Issue.record("counted") }
    }
}
