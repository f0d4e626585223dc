import Database
import Glibc

/// The few calls that discovery needs, with the reason of a failure in words.
enum FileSystem {
    struct Failure: Error, Equatable {
        /// What errno says, such as "No such file or directory".
        let reason: String

        static let missing = Failure(errno: ENOENT)

        init(reason: String) { self.reason = reason }
        init(errno number: CInt) { reason = unsafe String(cString: strerror(number)) }
    }

    /// The names in a directory, without `.` and `..`, in no order.
    static func entries(of directory: String) throws(Failure) -> [String] {
        do {
            return try Directory.names(in: directory)
        } catch {
            throw Failure(errno: CInt(error.engineCode))
        }
    }

    /// Lends an open directory to `body`; nil where it cannot be opened.
    static func withDirectory<Result>(_ directory: String, _ body: (CInt?) -> Result) -> Result {
        let descriptor = unsafe open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return body(nil) }
        defer { close(descriptor) }
        return body(descriptor)
    }

    /// The content of a regular file; O_NONBLOCK, since opening a FIFO without a writer would wait for ever.
    ///
    /// - Parameter directory: what a relative path begins at: an open directory, or where this process is.
    static func read(_ path: String, in directory: CInt = AT_FDCWD) throws(Failure) -> [UInt8] {
        let descriptor = unsafe path.withCString { unsafe openat(directory, $0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        defer { close(descriptor) }
        if let bytes = readWithinPage(descriptor) { return bytes }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Failure(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "it is not a regular file") }
        return try readAll(descriptor, size: Int(status.st_size))
    }

    /// The content where it is less than a page, which spares a fstat(2) for each of a thousand files; nil for whatever has to be looked at.
    /// Pipes and terminals have no places to be read at, and a device is empty or fills the page. A disk fails for a page, not for a part of one.
    private static func readWithinPage(_ descriptor: CInt) -> [UInt8]? {
        let page = 4096
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: page) { buffer, count in
            count = unsafe max(0, pread(descriptor, buffer.baseAddress, page, 0))
        }
        return bytes.isEmpty || bytes.count == page ? nil : bytes
    }

    private static func readAll(_ descriptor: CInt, size: Int) throws(Failure) -> [UInt8] {
        var failure: Failure?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let received = unsafe Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if received < 0 { failure = Failure(errno: errno) }
                guard received > 0 else { return }
                count += received
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
