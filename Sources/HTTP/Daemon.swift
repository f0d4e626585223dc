internal import CMicroHTTPD
internal import Glibc

/// One libmicrohttpd daemon, polled from outside
/// ([its manual](https://www.gnu.org/software/libmicrohttpd/manual/libmicrohttpd.html)).
///
/// Its internal loop is never used: it stalls when exactly 128 connections are ready at once. Nor does it listen: see ``Acceptor``.
/// After ``init(context:)`` everything happens on the loop's thread.
@safe
final class Daemon {
    let context: LoopContext
    private let handle: OpaquePointer
    private var isStopped = false

    init(context: LoopContext) throws(ServerError) {
        try HTTPLibraries.load()
        Self.prepareProcess
        let credentials = context.configuration.tls?.credentials
        guard
            let handle = unsafe Self.start(
                context,
                certificate: credentials?.certificate,
                key: credentials?.key,
                password: credentials?.password,
                priorities: TLSCredentials.priorities
            )
        else {
            throw .failed("libmicrohttpd did not start: \(lastSystemError())")
        }
        self.context = context
        unsafe self.handle = handle
    }

    /// libmicrohttpd reads the certificate and key while it starts, and not later.
    private static func start(
        _ context: LoopContext,
        certificate: UnsafePointer<CChar>?,
        key: UnsafePointer<CChar>?,
        password: UnsafePointer<CChar>?,
        priorities: UnsafePointer<CChar>
    ) -> OpaquePointer? {
        var setup = unsafe makeSetup(context: context, connectionLimit: context.configuration.maximumConnections)
        unsafe (setup.certificate, setup.key, setup.key_password) = unsafe (certificate, key, password)
        unsafe setup.tls_priorities = unsafe priorities
        return unsafe parley_mhd_start(&setup)
    }

    deinit {
        stop()
    }

    /// Readable when ``turn()`` has something to do.
    var epollDescriptor: Int32 {
        unsafe parley_mhd_epoll_descriptor(handle)
    }

    /// How long to sleep at most, in milliseconds; -1 until something happens.
    var patience: Int32 {
        guard context.hasConnections || context.loop.isDraining else { return -1 }
        var milliseconds: UInt64 = 0
        let isLimited = unsafe MHD_get_timeout(handle, &milliseconds) == .YES
        return min(context.patience.milliseconds, isLimited ? Int32(clamping: milliseconds) : .max)
    }

    /// Takes over a connection.
    func adopt(_ descriptor: Int32) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isTaken = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            // A client that has gone already has no address; the connection ends when it is read.
            if unsafe getpeername(descriptor, address, &size) != 0 { size = socklen_t(MemoryLayout<sockaddr_in>.size) }
            return unsafe MHD_add_connection(handle, descriptor, address, size) == .YES
        }
        // libmicrohttpd has closed a connection that it could not take, without a word to the callbacks.
        guard !isTaken else { return }
        _ = context.takeSlot(of: descriptor)
        context.loop.connectionClosed()
    }

    /// Reads, calls back and writes whatever is ready, without waiting.
    func turn() {
        _ = unsafe MHD_run(handle)
    }

    /// Closes every connection. None may be suspended: libmicrohttpd would abort the process.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        unsafe MHD_stop_daemon(handle)
    }

    /// A client that goes away is an error of `write`, not a signal; and libmicrohttpd says why before it aborts.
    private static let prepareProcess: Void = {
        signal(SIGPIPE, SIG_IGN)
        unsafe MHD_set_panic_func({ _, file, line, reason in unsafe panic(file, line, reason) }, nil)
    }()
}

private func panic(_ file: UnsafePointer<CChar>?, _ line: UInt32, _ reason: UnsafePointer<CChar>?) {
    let file = unsafe file.map { unsafe String(cString: $0) } ?? "?"
    let reason = unsafe reason.map { unsafe String(cString: $0) } ?? "no reason given"
    fatalError("libmicrohttpd cannot go on: \(reason) (\(file):\(line))")
}

extension Duration {
    /// Whole milliseconds, rounded up so that a sleep never ends just before its time.
    var milliseconds: Int32 {
        Int32(clamping: components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
