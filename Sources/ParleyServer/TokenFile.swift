import Glibc

/// The file with what the server keeps of its tokens: one JSON object a line.
///
/// It is only ever replaced as a whole (written beside, flushed, renamed), so a reader never sees half of it, and its writers wait for each other.
public struct TokenFile: Sendable {
    let path: String

    public init(path: String) {
        self.path = path
    }

    /// More tokens than anybody has; a file that is larger is another file.
    private static let largest = 1 << 20

    /// The tokens, in the order they were made.
    ///
    /// O_NONBLOCK, since opening a FIFO without a writer would wait for ever.
    ///
    /// - Throws: ``TokenFileError`` also for a file that somebody else could have put tokens into.
    func read() throws(TokenFileError) -> [Token] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path) : .system("cannot read the token file \(path)")
        }
        defer { close(descriptor) }
        try check(descriptor)
        return try parse(try contents(of: descriptor))
    }

    /// Changes the tokens; a file that is not there yet begins empty.
    func update<Value>(_ change: (inout [Token]) throws(TokenFileError) -> Value) throws(TokenFileError) -> Value {
        let directory = try LockedDirectory(of: target)
        var tokens = FilePresence.exists(path) ? try read() : []
        let value = try change(&tokens)
        try replace(with: tokens.flatMap(\.line), in: directory)
        return value
    }

    // MARK: Reading

    /// That others may read it is no harm (digests tell nothing), and usual where a platform mounts secrets.
    private func check(_ descriptor: CInt) throws(TokenFileError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("cannot look at the token file \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.largest else { throw .notATokenFile(path) }
        guard status.st_uid == 0 || status.st_uid == geteuid() else { throw .foreignOwner(path) }
        guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path) }
    }

    private func contents(of descriptor: CInt) throws(TokenFileError) -> String {
        do throws(SmallFile.Failure) {
            return String(decoding: try SmallFile.contents(of: descriptor), as: UTF8.self)
        } catch {
            throw .system("cannot read the token file \(path)")
        }
    }

    private func parse(_ text: String) throws(TokenFileError) -> [Token] {
        var tokens: [Token] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            guard let token = Token(line: line) else { throw .badLine(path, index + 1) }
            guard !tokens.contains(where: { $0.name == token.name }) else { throw .repeatedName(path, token.name, line: index + 1) }
            tokens.append(token)
        }
        return tokens
    }

    // MARK: Writing

    /// Where the file really is: a rename onto a symbolic link would replace the link.
    private var target: String {
        guard let found = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    private func replace(with bytes: [UInt8], in directory: borrowing LockedDirectory) throws(TokenFileError) {
        let target = target
        let unfinished = "\(target).unfinished-\(getpid())"
        _ = unsafe unlink(unfinished)
        let descriptor = unsafe open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("cannot write beside the token file \(target)") }
        defer {
            close(descriptor)
            _ = unsafe unlink(unfinished)
        }
        try adoptOwner(of: target, in: directory, descriptor)
        guard write(bytes, to: descriptor), fsync(descriptor) == 0, unsafe rename(unfinished, target) == 0, directory.flush() else {
            throw .system("cannot write the token file \(target)")
        }
    }

    /// What root writes has to stay readable for a server that is another user: the file keeps its owner and mode, and a new one gets the owner of
    /// its directory.
    private func adoptOwner(of target: String, in directory: borrowing LockedDirectory, _ descriptor: CInt) throws(TokenFileError) {
        var model = stat()
        if unsafe stat(target, &model) == 0 { fchmod(descriptor, model.st_mode & 0o755) } else { model = directory.status }
        guard geteuid() != 0 || fchown(descriptor, model.st_uid, model.st_gid) == 0 else {
            throw .system("cannot give the token file \(target) its owner")
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}

/// Keeps two writers of files in one directory apart, without leaving a file behind. See flock(2).
private struct LockedDirectory: ~Copyable {
    private let descriptor: CInt

    init(of path: String) throws(TokenFileError) {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot open the directory \(directory)") }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system("cannot lock the directory \(directory)") }
        }
    }

    deinit {
        close(descriptor)
    }

    /// Makes what was renamed in it durable.
    func flush() -> Bool { fsync(descriptor) == 0 }

    var status: stat {
        var status = stat()
        _ = unsafe fstat(descriptor, &status)
        return status
    }
}
