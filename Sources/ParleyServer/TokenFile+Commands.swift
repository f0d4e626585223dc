import Conversations
public import HTTP

// What `parley token` does.
extension TokenFile {
    /// The file of a command that cannot do without one.
    public init(_ settings: Settings) throws(TokenFileError) {
        guard let path = settings.tokenFile else { throw .unnamed() }
        self.init(path: path)
    }

    /// Makes a token. Its text is nowhere but in what this returns.
    ///
    /// - Parameter lifetime: nil for one that holds until it is revoked.
    public func create(name: String, scope: Access, lifetime: Duration?) throws(TokenFileError) -> String {
        let expiresAt = lifetime.map { Timestamp(milliseconds: Timestamp.millisecondsNow() + $0.components.seconds * 1000) }
        let (token, text) = Token.make(name: name, scope: scope, expiresAt: expiresAt)
        try update { (tokens) throws(TokenFileError) in
            guard !tokens.contains(where: { $0.name == name }) else { throw .nameTaken(name) }
            tokens.append(token)
        }
        return text
    }

    /// Removes a token.
    public func revoke(name: String) throws(TokenFileError) {
        try update { (tokens) throws(TokenFileError) in
            guard let index = tokens.firstIndex(where: { $0.name == name }) else {
                throw .unknownName(name, known: tokens.map(\.name))
            }
            tokens.remove(at: index)
        }
    }

    /// A table of the tokens, for people.
    public func table() throws(TokenFileError) -> String {
        let (tokens, now) = (try read(), Timestamp.now())
        let rows = tokens.map { token in
            Self.row(token.name, token.scope.rawValue, Self.day(token.createdAt), Self.expiry(of: token, at: now))
        }
        return ([Self.row("NAME", "SCOPE", "CREATED", "EXPIRES")] + rows).joined(separator: "\n")
    }

    private static func expiry(of token: Token, at now: Timestamp) -> String {
        guard let time = token.expiresAt else { return "never" }
        return day(time) + (token.hasExpired(at: now) ? ", expired" : "")
    }

    private static func day(_ time: Timestamp) -> String { String(time.description.prefix(19)) + "Z" }

    private static func row(_ name: String, _ scope: String, _ created: String, _ expires: String) -> String {
        "\(name.padded(to: 26)) \(scope.padded(to: 7))\(created.padded(to: 22))\(expires)"
    }
}

// What the command line says of a token.
extension TokenFile {
    /// `[A-Za-z0-9._-]{1,64}`.
    public static func isName(_ text: String) -> Bool { Token.isName(text) }

    /// `read`, `write` or `admin`.
    public static func scope(_ text: String) -> Access? { Token.scope(text) }

    /// `90d`, `12h` or `30m`.
    public static func lifetime(_ text: String) -> Duration? {
        guard let count = Int64(text.dropLast()), (1...100_000).contains(count), text.first?.isNumber == true else { return nil }
        return switch text.last {
        case "d": .seconds(count * 86_400)
        case "h": .seconds(count * 3_600)
        case "m": .seconds(count * 60)
        default: nil
        }
    }
}
