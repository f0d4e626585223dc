/// Finds the migration files of a directory, in order.
public struct MigrationDiscovery: Sendable {
    /// The directory, as it was named by the user.
    public let directory: String

    /// Reads nothing yet.
    public init(directory: String) {
        self.directory = directory
    }

    /// The migration files, by number. Their content is not read.
    ///
    /// - Throws: ``MigrationFailure`` with everything that is wrong with the directory and the names in it.
    public func discoverMigrations() throws(MigrationFailure) -> [MigrationFile] {
        let (files, faults) = try listing()
        guard faults.isEmpty else { throw MigrationFailure(faults) }
        return files
    }

    /// Reads one file.
    ///
    /// - Throws: ``MigrationError`` with the code `file-unreadable`.
    public func loadMigrationContent(_ file: MigrationFile) throws(MigrationError) -> MigrationContent {
        MigrationContent(file: file, bytes: try bytes(of: file, in: nil))
    }

    /// Reads files for their checksums; what cannot be read is named together with the reason.
    func examine(_ files: ArraySlice<MigrationFile>) -> (files: [MigrationPlan.File], unreadable: [String: MigrationError]) {
        var unreadable: [String: MigrationError] = [:]
        // Opened once, so that the kernel looks up one name a file instead of a path.
        let examined = FileSystem.withDirectory(directory) { opened in
            files.map { file in
                do throws(MigrationError) {
                    return MigrationPlan.File(file: file, checksum: MigrationContent.checksum(of: try bytes(of: file, in: opened)))
                } catch {
                    unreadable[file.filename] = error
                    return MigrationPlan.File(file: file, checksum: nil)
                }
            }
        }
        return (examined, unreadable)
    }

    private func bytes(of file: MigrationFile, in opened: CInt?) throws(MigrationError) -> [UInt8] {
        do {
            if let opened { return try FileSystem.read(file.filename, in: opened) }
            return try FileSystem.read(file.path)
        } catch {
            throw MigrationError(
                .fileUnreadable,
                .discover,
                filename: file.filename,
                "the file cannot be read: \(error.reason)",
                recovery: "make it a regular file that this user may read, or remove it"
            )
        }
    }

    /// The migration files, by number, and what is wrong with the names in the directory.
    func listing() throws(MigrationFailure) -> (files: [MigrationFile], faults: [MigrationError]) {
        var files: [MigrationFile] = []
        var errors: [MigrationError] = []
        for name in try names() {
            switch MigrationFilename(name) {
            case .migration(let order): files.append(MigrationFile(filename: name, order: order, directory: directory))
            case .invalid(let reason):
                errors.append(MigrationError(.invalidFilename, .discover, filename: name, reason, recovery: "rename or move the file"))
            case .other: continue
            }
        }
        files.sort { ($0.order, $0.filename) < ($1.order, $1.filename) }
        return (files, errors + duplicates(in: files))
    }

    private func names() throws(MigrationFailure) -> [String] {
        do {
            return try FileSystem.entries(of: directory).sorted()
        } catch {
            throw MigrationFailure([
                MigrationError(
                    .directoryUnreadable,
                    .discover,
                    "the migrations directory \(directory) cannot be read: \(error.reason)",
                    recovery: "name the right one with --migrations" + (error == .missing ? ", or make it: mkdir \(directory)" : "")
                )
            ])
        }
    }

    private func duplicates(in files: [MigrationFile]) -> [MigrationError] {
        let free = Self.version(nextTo: files).map { "the next free number, \($0)" } ?? "a free number"
        return zip(files, files.dropFirst()).filter { $0.order == $1.order }.map { first, second in
            MigrationError(
                .duplicateNumber,
                .discover,
                filename: second.filename,
                "it has the same number as \(first.filename)",
                recovery: "give one of the two \(free)"
            )
        }
    }

    /// The first number above all others, with as many digits as the last one has; nil where there is none.
    static func version(nextTo files: [MigrationFile]) -> String? {
        let (next, overflows) = (files.last?.order ?? 0).addingReportingOverflow(1)
        guard !overflows else { return nil }
        let digits = String(next)
        return String(repeating: "0", count: max(0, (files.last?.version.count ?? 3) - digits.count)) + digits
    }
}
