import ArgumentParser
import ParleyServer

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke the tokens that clients show.",
        discussion: """
            A server that is started with the same token file asks every request for one of its tokens, except probes and documents. It \
            reads the file when it starts, and again on SIGHUP. The file has the SHA-256 of each token, and nothing to show in its place.

            Exit status: 0; 2 standard output cannot be written; 64 the command line is wrong, or the file cannot be used.
            """,
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self]
    )
}

/// Where the tokens are.
struct TokenFileOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.tokenFile))
    var tokenFile: String?

    var flags: [SettingKey: String?] { [.tokenFile: tokenFile] }
}

struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and print it, this once.",
        discussion: """
            Standard output gets the token and nothing else: TOKEN=$(parley token create --name ci --scope write). The token file is made \
            where there is none, for its owner alone; made by root, it belongs to the owner of its directory.
            """
    )

    @OptionGroup var file: TokenFileOptions

    @Option(help: ArgumentHelp("What people call it: letters, digits, and . _ - (at most 64).", valueName: "name"))
    var name: String

    @Option(
        help: ArgumentHelp(
            "read: look at conversations; write: change them as well; admin: all of that, and the server's own affairs.",
            valueName: "scope"
        )
    )
    var scope: String

    @Option(help: ArgumentHelp("How long it holds: 90d, 12h, 30m. (default: until it is revoked)", valueName: "time"))
    var expires: String?

    func run() async throws {
        guard TokenFile.isName(name) else { throw usageError(["--name takes letters, digits, and . _ -, at most 64 of them"]) }
        guard let access = TokenFile.scope(scope) else { throw usageError(["--scope is \"\(scope)\"; it has to be read, write or admin"]) }
        let lifetime = expires.flatMap(TokenFile.lifetime)
        guard expires == nil || lifetime != nil else {
            throw usageError(["--expires is \"\(expires ?? "")\"; it has to be like 90d, 12h or 30m"])
        }
        let settings = try Settings(file)
        let token = try withTokenFile(settings) { file throws(TokenFileError) in
            try file.create(name: name, scope: access, lifetime: lifetime)
        }
        try writeOutput(token + "\n")
        writeError("This is the only time that it is shown. A server that runs knows it after a restart or a SIGHUP.")
    }
}

struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the tokens: names, scopes and times.")

    @OptionGroup var file: TokenFileOptions

    func run() async throws {
        let settings = try Settings(file)
        try writeOutput(try withTokenFile(settings) { file throws(TokenFileError) in try file.table() } + "\n")
    }
}

struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Remove a token.",
        discussion: "A server that runs goes on taking it until it is restarted, or told by SIGHUP to read the file again."
    )

    @OptionGroup var file: TokenFileOptions

    @Argument(help: "The token's name.")
    var name: String

    func run() async throws {
        let settings = try Settings(file)
        try withTokenFile(settings) { file throws(TokenFileError) in try file.revoke(name: name) }
        writeError("\(name) is revoked. A server that runs goes on taking it until a restart or a SIGHUP.")
    }
}

private func withTokenFile<Value>(_ settings: Settings, _ body: (TokenFile) throws(TokenFileError) -> Value) throws -> Value {
    do throws(TokenFileError) { return try body(try TokenFile(settings)) } catch { throw usageError([error.description]) }
}
