import Glibc

/// A service manager as its services see it: a datagram socket, whose name is in their `NOTIFY_SOCKET`.
public final class TestManager: Sendable {
    /// What a service finds in `NOTIFY_SOCKET`.
    public let name: String
    private let descriptor: Int32
    private let messages: AsyncStream<String>

    /// - Parameter name: a path where nothing is, or `@` and a name.
    public init(_ name: String) throws {
        let (descriptor, messages) = (
            socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0), AsyncStream.makeStream(of: String.self)
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(name.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: name.hasPrefix("@") ? [0] + path.dropFirst() : path)
        }
        let size = socklen_t(2 + path.count)
        let bound = unsafe withUnsafeBytes(of: &address) {
            unsafe bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, size)
        }
        guard bound == 0 else { throw Client.Failure(reason: "not bound to \(name): \(errno)") }
        (self.name, self.descriptor, self.messages) = (name, descriptor, messages.stream)
        Task {
            try await onThread {
                var buffer = [UInt8](repeating: 0, count: 4096)
                while case let count = unsafe recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                    messages.continuation.yield(String(decoding: buffer.prefix(count), as: UTF8.self))
                }
                messages.continuation.finish()
                close(descriptor)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// The next message, line by line.
    public func next() async -> [String] {
        for await message in messages { return message.split(separator: "\n").map(String.init) }
        return []
    }

    /// All messages up to the first one that has this line.
    public func messages(upTo line: String) async -> [[String]] {
        var messages: [[String]] = []
        while messages.last?.contains(line) != true, case let message = await next(), !message.isEmpty { messages.append(message) }
        return messages
    }
}
