import Conversations
import HTTP

/// What the server keeps of a bearer token (RFC 6750): the name by which people speak of it, what it allows, and by what it is known again.
struct Token: Sendable {
    let name: String
    let scope: Access
    let digest: TokenDigest
    let createdAt: Timestamp
    /// Nil for one that holds until it is revoked.
    let expiresAt: Timestamp?

    func hasExpired(at time: Timestamp) -> Bool {
        expiresAt.map { $0 <= time } ?? false
    }

    /// A new token, and the text that is shown once: `parley_`, by which scanners for leaked secrets find it, and 256 random bits.
    static func make(name: String, scope: Access, expiresAt: Timestamp?) -> (token: Token, text: String) {
        var random = SystemRandomNumberGenerator()
        let text = "parley_" + (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }.hexadecimal
        let token = Token(name: name, scope: scope, digest: TokenDigest(of: text.utf8.span), createdAt: .now(), expiresAt: expiresAt)
        return (token, text)
    }

    /// `[A-Za-z0-9._-]{1,64}`: what can stand in a log and on a command line as it is.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64 && RequestIDs.isPlain(text)
    }

    /// `read`, `write` or `admin`.
    static func scope(_ text: String) -> Access? {
        Access(rawValue: text).flatMap { $0 == .anyone ? nil : $0 }
    }
}

// MARK: - As a line of the token file

extension Token {
    /// The token that a line stands for; nil for a line of another form.
    init?(line: Substring) {
        guard case .object(let members)? = try? JSONReader.parse(Array(line.utf8)), Set(members.keys) == Self.members,
            case .string(let name)? = members["name"], Self.isName(name),
            case .string(let scope)? = members["scope"], let scope = Self.scope(scope),
            case .string(let digest)? = members["sha256"], let digest = TokenDigest(hexadecimal: digest),
            case .string(let created)? = members["created_at"], let createdAt = Timestamp(created)
        else { return nil }
        switch members["expires_at"] {
        case .null: expiresAt = nil
        case .string(let text):
            guard let time = Timestamp(text) else { return nil }
            expiresAt = time
        default: return nil
        }
        (self.name, self.scope, self.digest, self.createdAt) = (name, scope, digest, createdAt)
    }

    private static let members: Set = ["name", "scope", "sha256", "created_at", "expires_at"]

    /// The line, with its end.
    var line: [UInt8] {
        JSONWriter.object { json in
            json.member("name", name)
            json.member("scope", scope.rawValue)
            json.member("sha256", digest.hexadecimal)
            json.member("created_at", createdAt.description)
            json.member("expires_at", expiresAt?.description)
        }
    }
}
