internal import Glibc
internal import Synchronization

/// A thread that serves connections, and the executor of the tasks that answer them.
///
/// A handler's task prefers this executor, so that it starts and resumes on this thread: all calls to libmicrohttpd are made
/// here by construction, and a handler that does not suspend is answered without leaving libmicrohttpd's callback.
final class EventLoop: TaskExecutor {
    private let requests = Atomic(0)
    private let connections = Atomic(0)
    private let draining = Atomic(false)
    private let mailbox: Mailbox
    private let thread = Mutex<pthread_t?>(nil)
    private let identity = Atomic<UInt>(0)

    init() throws(ServerError) {
        mailbox = try Mailbox()
    }

    /// Requests between their first line and the end of their answer.
    var activeRequests: Int { requests.load(ordering: .relaxed) }

    /// Connections, those on their way here included.
    var connectionCount: Int { connections.load(ordering: .relaxed) }

    /// Whether every answer says `Connection: close`.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Whether the caller is on this loop's thread.
    var isCurrent: Bool { identity.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Serves on a thread of its own until it is drained.
    func start(_ daemon: sending Daemon, name: String) throws(ServerError) {
        let started = try startThread(named: name) { self.run(daemon) }
        thread.withLock { $0 = started }
    }

    /// Takes over a connection; `false` when the loop has ended.
    func adopt(_ connection: Int32) -> Bool {
        connections.add(1, ordering: .relaxed)
        return mailbox.post(.adopt(connection))
    }

    /// From now on every answer ends its connection.
    func announceDrain() {
        draining.store(true, ordering: .relaxed)
    }

    func connectionClosed() {
        connections.subtract(1, ordering: .relaxed)
    }

    func publish(activeRequests: Int) {
        requests.store(activeRequests, ordering: .relaxed)
    }

    /// Stops serving by `deadline`. Returns the number of requests that were cut.
    func drain(by deadline: ContinuousClock.Instant) async -> Int {
        let cut = await withCheckedContinuation { continuation in
            let isServing = mailbox.post(.drain(Drain(deadline: deadline) { continuation.resume(returning: $0) }))
            if !isServing { continuation.resume(returning: 0) }
        }
        join()
        return cut
    }

    /// Stops at once and waits for it: for a server that could not start whole.
    func stop() {
        _ = mailbox.post(.drain(Drain(deadline: .now) { _ in }))
        join()
    }

    /// Waits for the thread, which has nothing left to do.
    private func join() {
        let thread = thread.withLock { $0.take() }
        if let thread { pthread_join(thread, nil) }
    }

    // MARK: TaskExecutor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // After the loop has ended its handlers are answered for, but each may have files to close: it ends elsewhere.
        if !mailbox.post(.run(job)) { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    // MARK: The thread

    private func run(_ daemon: Daemon) {
        identity.store(UInt(pthread_self()), ordering: .relaxed)
        var batch: [Mailbox.Message] = []
        var drain: Drain?
        repeat {
            mailbox.wait(alongside: daemon.epollDescriptor, milliseconds: daemon.patience)
            daemon.context.beginRound()
            mailbox.take(into: &batch)
            for message in batch { deliver(message, to: daemon, &drain) }
            daemon.turn()
        } while !isOver(&drain, daemon)
        daemon.stop()
        daemon.context.end()
        end(drain)
    }

    private func deliver(_ message: Mailbox.Message, to daemon: Daemon, _ drain: inout Drain?) {
        switch message {
        case .run(let job):
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        case .adopt(let connection):
            daemon.adopt(connection)
        case .drain(let order):
            drain = order
        }
    }

    private func isOver(_ drain: inout Drain?, _ daemon: Daemon) -> Bool {
        switch drain?.step(daemon.context.situation) {
        case nil, .wait: return false
        case .stop: return true
        case .cut:
            daemon.context.cut()
            return false
        }
    }

    private func end(_ drain: Drain?) {
        for message in mailbox.close() {
            switch message {
            case .run(let job): enqueue(ExecutorJob(job))
            case .adopt(let connection): close(connection)
            case .drain(let order): order.finish()
            }
        }
        drain?.finish()
    }
}
