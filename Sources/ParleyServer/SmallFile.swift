import Glibc

/// A file that a person wrote, that a platform has put a secret into, or that the system makes up.
enum SmallFile {
    struct Failure: Error {
        /// It completes "cannot be read: ".
        let reason: String
    }

    private static let largest = 1 << 20

    /// All of it. O_NONBLOCK, since opening a FIFO without a writer would wait for ever.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw lastFailure() }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw lastFailure() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "it is not a regular file") }
        guard status.st_size <= largest else { throw Failure(reason: "it is larger than 1 MiB") }
        return try contents(of: descriptor)
    }

    /// From where it stands to the end.
    static func contents(of descriptor: CInt) throws(Failure) -> [UInt8] {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4 << 10))
        while case let count = unsafe Glibc.read(descriptor, &buffer, buffer.count), count != 0 {
            guard count > 0 else { throw lastFailure() }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    private static func lastFailure() -> Failure {
        unsafe Failure(reason: String(cString: strerror(errno)))
    }
}
