internal import CMicroHTTPD
internal import Glibc

/// Wakes the one thread that sleeps beside a descriptor.
struct Alarm: ~Copyable {
    private let descriptor: Int32

    init() throws(ServerError) {
        descriptor = parley_mhd_event_descriptor()
        guard descriptor >= 0 else { throw .failed("No descriptor for an event loop: \(lastSystemError())") }
    }

    deinit {
        close(descriptor)
    }

    /// Sleeps until the alarm has gone off, `other` is readable or the time is over; for -1 milliseconds it never is.
    func wait(alongside other: Int32, milliseconds: Int32) {
        var polled = (pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: other, events: Int16(POLLIN), revents: 0))
        _ = unsafe withUnsafeMutableBytes(of: &polled) { bytes in
            unsafe poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
        }
        if polled.0.revents != 0 { silence() }
    }

    // An eventfd's counter cannot overflow here, and being read by nobody else it cannot be empty: neither call can fail.

    func ring() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, MemoryLayout.size(ofValue: one))
    }

    private func silence() {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, MemoryLayout.size(ofValue: count))
    }
}
