import Migrations

/// What `parley migrate new` tells.
public struct MigrationDraftReport: Sendable {
    private let outcome: Swift.Result<MigrationFile, MigrationFailure>
    private let directory: String

    init(_ outcome: Swift.Result<MigrationFile, MigrationFailure>, directory: String) {
        self.outcome = outcome
        self.directory = directory
    }

    /// The path of the new file; empty where there is none.
    public var text: String {
        if case .success(let file) = outcome { file.path + "\n" } else { "" }
    }

    /// Why there is none, for people; empty where there is one.
    public var diagnostics: String {
        errors.map { $0.diagnosis(directory: directory) + "\n" }.joined()
    }

    public var json: [UInt8] {
        CommandDocument.make("new", ok: errors.isEmpty, errors: errors) { json in
            let file = try? outcome.get()
            json.member("directory", directory)
            json.member("version", file?.version)
            json.member("filename", file?.filename)
            json.member("path", file?.path)
        }
    }

    /// 0: the file is there; 3: the directory is not in order, or cannot be written; 64: the name cannot be one.
    public var exitCode: Int32 {
        guard let error = errors.first else { return 0 }
        return error.code == .invalidFilename && error.filename == nil ? 64 : 3
    }

    private var errors: [MigrationError] {
        if case .failure(let failure) = outcome { failure.errors } else { [] }
    }
}
