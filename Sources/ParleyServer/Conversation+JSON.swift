import Conversations

extension Conversation {
    /// The representation that clients see, and that entity tags are made of.
    var representation: [UInt8] {
        JSONWriter.object(capacity: 160 + title.utf8.count) { write(to: &$0) }
    }

    /// The tag of the representation as it is.
    var entityTag: EntityTag { EntityTag(of: representation) }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("title", title)
        json.member("created_at", createdAt.text)
        json.member("updated_at", updatedAt.text)
    }
}
