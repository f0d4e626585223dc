/// The name that a client gives a create, so that it can be repeated without a second effect:
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.
public struct IdempotencyKey: Sendable, Hashable {
    /// How long an answer is kept for a repetition.
    public static let lifetime: Timestamp.Milliseconds = 24 * 60 * 60 * 1000

    /// Whose key it is; empty for anonymous clients.
    public let owner: String
    public let key: String
    /// What the request asks for, as 64 characters that no other request has.
    public let fingerprint: String

    public init(owner: String, key: String, fingerprint: String) {
        self.owner = owner
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What a create has been answered, kept to be sent again.
public struct KeptAnswer: Sendable, Hashable {
    public let status: Int
    /// What was created.
    public let id: ConversationID
    public let body: [UInt8]

    public init(status: Int, id: ConversationID, body: [UInt8]) {
        self.status = status
        self.id = id
        self.body = body
    }
}
