import Glibc

/// The sending end of sd_notify(3): datagrams to the socket that `NOTIFY_SOCKET` names.
final class NotificationSocket: Sendable {
    private let descriptor: Int32
    private let path: [UInt8]

    /// - Parameter name: a path, or `@` and the name of a socket that is in no file system. Nil for what is neither, and where there is no socket.
    init?(_ name: String) {
        let name = Array(name.utf8)
        guard name.count > 1, name.count < Self.capacity, let kind = name.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(kind)
        else {
            return nil
        }
        path = kind == UInt8(ascii: "@") ? [0] + name.dropFirst() : name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // A manager that does not read must not keep the process from ending.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// What cannot be sent is dropped: a server does not depend on who watches it.
    func send(_ text: String) {
        let text = Array(text.utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        // An abstract name has no NUL at its end: its length is what ends it (unix(7)).
        let size = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + path.count)
        unsafe withUnsafeBytes(of: &address) { bytes in
            let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            _ = unsafe sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), address, size)
        }
    }

    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}
