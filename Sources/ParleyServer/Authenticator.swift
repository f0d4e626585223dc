import Conversations
import HTTP
import HTTPTypes
import Synchronization

/// Finds out what a caller may do, by the bearer token of a request ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
///
/// Without a token file everybody may do everything: whoever runs a server so has said who can reach it.
final class Authenticator: Sendable {
    private let file: TokenFile?
    private let tokens = Mutex<[Token]>([])

    /// Knows no token before ``reload()``.
    init(_ file: TokenFile?) {
        self.file = file
    }

    /// Whether requests need tokens.
    var isOn: Bool { file != nil }

    /// Reads the tokens from the file. Where that fails, those that were read before stay.
    ///
    /// - Returns: how many there are.
    @discardableResult
    func reload() throws(TokenFileError) -> Int {
        guard let file else { return 0 }
        let read = try file.read()
        guard !read.isEmpty else { throw .empty(file.path) }
        tokens.withLock { $0 = read }
        return read.count
    }

    /// Lets a request go on that may.
    ///
    /// - Throws: ``Problem`` `unauthorized`, `insufficient-scope`.
    func require(_ required: Access, of request: Request) throws(Problem) {
        guard isOn, required > .anyone else { return }
        let granted = try access(of: request)
        guard granted < required else { return }
        throw granted == .anyone ? .noToken("this needs a token") : .insufficientScope(granted, required)
    }

    /// What the sender of a request may do; a stranger is ``Access/anyone``.
    ///
    /// - Throws: ``Problem`` `unauthorized` for credentials that are no token of ours: whoever sends some wants to be known.
    func access(of request: Request) throws(Problem) -> Access {
        guard isOn else { return .admin }
        return try token(of: request)?.scope ?? .anyone
    }

    /// Who the sender of a request is: the name of the token, and nothing for a stranger.
    ///
    /// - Throws: ``Problem`` `unauthorized`, as ``access(of:)`` does.
    func name(of request: Request) throws(Problem) -> String {
        guard isOn else { return "" }
        return try token(of: request)?.name ?? ""
    }

    private func token(of request: Request) throws(Problem) -> Token? {
        guard let header = request.header(.authorization) else { return nil }
        guard let digest = Self.digest(ofTokenIn: header) else { throw .noToken("the Authorization header has no bearer token") }
        guard let token = find(digest) else {
            throw .invalidToken("the token is not known here: it is misspelled, revoked, or was made for another server")
        }
        if let expiry = token.expiresAt, token.hasExpired(at: .now()) { throw .invalidToken("the token has expired at \(expiry)") }
        return token
    }

    /// Compares with every token, found or not: how long it takes tells nothing.
    private func find(_ digest: TokenDigest) -> Token? {
        let tokens = tokens.withLock { $0 }
        var found: Int?
        for index in tokens.indices where tokens[index].digest.equals(digest) { found = index }
        return found.map { tokens[$0] }
    }

    /// Of what follows `Bearer` and spaces; the scheme is written in either case.
    private static func digest(ofTokenIn header: String) -> TokenDigest? {
        let (header, scheme) = (header.utf8.span, StaticString("bearer "))
        guard header.count > scheme.utf8CodeUnitCount,
            (0..<scheme.utf8CodeUnitCount).allSatisfy({ unsafe header[$0] | 0x20 == scheme.utf8Start[$0] })
        else { return nil }
        let start = (scheme.utf8CodeUnitCount..<header.count).first { header[$0] != UInt8(ascii: " ") } ?? header.count
        return TokenDigest(of: header.extracting(start...))
    }
}

extension Problem {
    /// - Parameter reason: why a token that was shown is not good.
    fileprivate static func invalidToken(_ reason: String) -> Problem {
        challenge(reason, "Bearer realm=\"parley\", error=\"invalid_token\"")
    }

    /// No token, or credentials of another scheme: RFC 6750, section 3.1, gives neither an error code.
    fileprivate static func noToken(_ reason: String) -> Problem {
        challenge("\(reason); send the header Authorization: Bearer parley_…", "Bearer realm=\"parley\"")
    }

    private static func challenge(_ detail: String, _ challenge: String) -> Problem {
        var problem = Problem(.unauthorized, detail)
        problem.headers.append(.wwwAuthenticate, challenge)
        return problem
    }

    fileprivate static func insufficientScope(_ granted: Access, _ required: Access) -> Problem {
        var problem = Problem(.insufficientScope, "the token has the scope \(granted.rawValue), and this needs \(required.rawValue)")
        let challenge = "Bearer realm=\"parley\", error=\"insufficient_scope\", scope=\"\(required.rawValue)\""
        problem.headers.append(.wwwAuthenticate, challenge)
        return problem
    }
}
