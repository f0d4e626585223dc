import Conversations
import Database
import Glibc

/// The lines of an import that is all or nothing, kept in a file until the last one is known to be good.
///
/// The file has no name, so that nothing is left of it, whatever happens to the process. It lies beside the database, on whose disk there has to
/// be room anyway. `write` comes before all ``forEach(_:)``.
final class ImportSpool: Sendable {
    private static let bufferSize = 64 << 10

    private let descriptor: Int32

    /// - Throws: `DatabaseError`: `storageFull`, `cannotOpen`.
    init(in directory: String) throws(DatabaseError) {
        var path = Array("\(directory)/.parley-import-XXXXXX".utf8CString)
        // Made for nobody but this process's user, 0600.
        descriptor = unsafe path.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
        guard descriptor >= 0 else { throw Self.failure("cannot make a file for an import in \(directory)") }
        _ = unsafe path.withUnsafeBufferPointer { unsafe unlink($0.baseAddress!) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        close(descriptor)
    }

    /// Adds lines behind those that are there.
    ///
    /// - Throws: `DatabaseError`: `storageFull`, `ioFailure`.
    func write(_ lines: [ImportLine]) throws(DatabaseError) {
        var record: [UInt8] = []
        for line in lines { line.append(to: &record) }
        var start = 0
        while start < record.count {
            let written = unsafe record.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start) }
            guard written >= 0 || errno == EINTR else { throw Self.failure("cannot write the file of an import") }
            start += max(0, written)
        }
    }

    /// Calls `body` with each line, from the first.
    ///
    /// - Throws: `DatabaseError`: `ioFailure`, or what `body` throws.
    func forEach(_ body: (ImportLine) throws -> Void) throws {
        var (buffer, offset) = ([UInt8](), 0)
        while let more = try read(at: offset) {
            offset += more.count
            buffer += more
            var rest = buffer[...]
            while let line = ImportLine(from: &rest) { try body(line) }
            buffer = Array(rest)
        }
    }

    private func read(at offset: Int) throws(DatabaseError) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard count >= 0 else { throw Self.failure("cannot read the file of an import") }
        return count == 0 ? nil : Array(buffer[..<count])
    }

    private static func failure(_ what: String) -> DatabaseError {
        let code: DatabaseError.Code = [ENOSPC, EDQUOT, EFBIG].contains(errno) ? .storageFull : .ioFailure
        return DatabaseError(code, engineCode: Int(errno), "\(what): \(unsafe String(cString: strerror(errno)))")
    }
}

// A line in the file: its number in 8 bytes, the length of the title in 2, the id, the two times, the title.
extension ImportLine {
    private static let fixedSize = 8 + 2 + 36 + 24 + 24

    fileprivate func append(to bytes: inout [UInt8]) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (shift * 8))) }
        let length = conversation.title.utf8.count
        bytes.append(UInt8(truncatingIfNeeded: length))
        bytes.append(UInt8(truncatingIfNeeded: length >> 8))
        for text in [
            conversation.id.description, conversation.createdAt.description, conversation.updatedAt.description, conversation.title,
        ] {
            bytes += text.utf8
        }
    }

    /// Takes a line off the front of `bytes`; nil while it is not all there.
    fileprivate init?(from bytes: inout ArraySlice<UInt8>) {
        guard bytes.count >= Self.fixedSize else { return nil }
        let start = bytes.startIndex
        let length = Int(bytes[start + 8]) | Int(bytes[start + 9]) << 8
        guard bytes.count >= Self.fixedSize + length else { return nil }
        let number = (0..<8).reduce(0) { $0 | Int(bytes[start + $1]) << ($1 * 8) }
        guard let conversation = Self.conversation(Array(bytes[(start + 10)...].prefix(84 + length))) else { return nil }
        self.init(number: number, conversation: conversation)
        bytes = bytes.dropFirst(Self.fixedSize + length)
    }

    private static func conversation(_ fields: [UInt8]) -> Conversation? {
        let fields = fields.span
        return Conversation(fields.extracting(0..<36), fields.extracting(84...), fields.extracting(36..<60), fields.extracting(60..<84))
    }
}
