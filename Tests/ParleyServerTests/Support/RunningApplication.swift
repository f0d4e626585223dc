import HTTP
import HTTPTesting
import Logging
import ServiceLifecycle

@testable import ParleyServer

/// An application that runs in this process, in a group that can tell it to stop.
struct RunningApplication: Sendable {
    let address: SocketAddress
    private let group: ServiceGroup
    private let ending: Task<Void, any Error>

    /// Returns when clients can connect; throws what the application threw before.
    init(_ settings: Settings, sink: LogSink = LogSink(descriptor: -1)) async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: SocketAddress.self)
        let application = Application(settings: settings, sink: sink, format: .json) { continuation.yield($0) }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let services = [
            ServiceGroupConfiguration.ServiceConfiguration(service: application, successTerminationBehavior: .gracefullyShutdownGroup)
        ]
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: quiet))
        let ending = Task {
            defer { continuation.finish() }
            try await group.run()
        }
        (self.group, self.ending) = (group, ending)
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next() else {
            try await ending.value
            throw CancellationError()
        }
        self.address = address
    }

    func get(_ target: String) async throws -> Reply {
        let client = try Client(address)
        client.get(target)
        return try await client.reply()
    }

    /// Asks again and again until an answer is as wanted: the requests themselves are the wait.
    func get(_ target: String, until isWanted: (Reply) -> Bool) async throws -> Reply {
        while true {
            let reply = try await get(target)
            if isWanted(reply) { return reply }
        }
    }

    /// Tells it to stop and waits for its end; throws what it throws.
    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await ending.value
    }

    /// Waits for an end that comes by itself.
    func end() async throws {
        try await ending.value
    }
}
