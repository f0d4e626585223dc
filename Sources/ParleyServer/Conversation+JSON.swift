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

extension ConversationPage {
    /// A page as clients see it.
    func representation(nextCursor: String?) -> [UInt8] {
        JSONWriter.object(capacity: 80 + conversations.count * 200) { json in
            json.member("data") { $0.array(conversations) { json, conversation in json.object(conversation.write) } }
            json.member("has_more", nextCursor != nil)
            json.member("next_cursor", nextCursor)
        }
    }
}
