import Glibc

/// A new migration file: the next number, a name, and a template to write the SQL into.
public struct MigrationDraft: Sendable {
    private let discovery: MigrationDiscovery

    public init(directory: String) {
        discovery = MigrationDiscovery(directory: directory)
    }

    /// Makes the file, and nothing else; what is there is never overwritten.
    ///
    /// - Parameter title: what it will do, such as `Add titles!`; becomes `add_titles`.
    /// - Returns: the file, which is empty but for comments.
    /// - Throws: ``MigrationFailure``: with everything that is wrong with the names in the directory, with `invalid-filename` for a title of
    ///   which no name can be made, with `file-not-written`.
    public func create(_ title: String) throws(MigrationFailure) -> MigrationFile {
        let files = try discovery.discoverMigrations()
        let name = try Self.name(from: title)
        guard let version = MigrationDiscovery.version(nextTo: files) else {
            throw Self.refusal(.invalidFilename, files.last?.filename, "no number is left above this one", "renumber the file")
        }
        let filename = "\(version)_\(name).sql"
        let file = MigrationFile(filename: filename, order: (files.last?.order ?? 0) + 1, directory: discovery.directory)
        do throws(FileSystem.Failure) {
            try FileSystem.create(file.path, Array(Self.template(title, version: file.version).utf8))
        } catch {
            let advice = "make the directory writable, or run the command again"
            throw Self.refusal(.fileNotWritten, filename, "the file cannot be written: \(error.reason)", advice)
        }
        return file
    }

    /// `Add titles!` becomes `add_titles`.
    static func name(from title: String) throws(MigrationFailure) -> String {
        let words = title.lowercased().utf8.split { !isNameByte($0) }.map { String(decoding: $0, as: UTF8.self) }
        let name = words.joined(separator: "_")
        // What is not ASCII would vanish without a trace, and leave a name that says something else.
        guard title.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw refusal(
                .invalidFilename,
                nil,
                "a name has only a–z, 0–9 and _ in it, and \"\(title.onOneLine)\" has other letters",
                advice
            )
        }
        guard !name.isEmpty else {
            throw refusal(.invalidFilename, nil, "the name has no letter and no digit in it", advice)
        }
        guard name.utf8.count <= 200 else {
            throw refusal(.invalidFilename, nil, "the name has \(name.utf8.count) characters; 200 are allowed", "say it in fewer words")
        }
        return name
    }

    private static let advice = "say in a few English words what the migration does, such as add_titles"

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func refusal(
        _ code: MigrationError.Code,
        _ filename: String?,
        _ message: String,
        _ recovery: String
    ) -> MigrationFailure {
        MigrationFailure([MigrationError(code, .discover, filename: filename, message, recovery: recovery)])
    }

    private static func template(_ title: String, version: String) -> String {
        """
        -- Migration \(version): \(title.onOneLine)
        --
        -- Say here why the file exists and what is not obvious in it; then write plain SQL below, statement by statement.
        -- The whole file runs in one transaction, so leave BEGIN and COMMIT out. Foreign keys are off while it runs, and checked after it.
        -- Never edit it once it is applied anywhere but on your machine: the next change is a new file.
        --
        -- Directives, each on a line of its own that begins with two hyphens and a space:
        --   "parley:no-transaction" as the first line of the file: its one statement (VACUUM, REINDEX, ANALYZE, PRAGMA) runs outside of a
        --   transaction. "parley:allow CODE REASON" above a statement: what check finds in it is meant.
        --
        -- Before you commit it:  parley migrate check


        """
    }
}

extension FileSystem {
    /// Writes a file that is not there yet; a failed write leaves none behind.
    static func create(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress! + written, $0.count - written) }
            guard count > 0 else {
                let failure = Failure(errno: errno)
                unsafe unlink(path)
                throw failure
            }
            written += count
        }
    }
}
