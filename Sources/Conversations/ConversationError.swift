/// What a repository refuses.
public enum ConversationError: Error, Sendable, Hashable {
    /// No conversation has this identifier.
    case notFound(ConversationID)
    /// Another conversation has this identifier.
    case idExists(ConversationID)
    /// The key was used for another request.
    case idempotencyKeyReused
    /// A row of the table is not in the form that Parley writes.
    case malformedRow
}
