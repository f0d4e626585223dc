import Conversations

extension Conversation {
    /// The representation that clients see, and that entity tags are made of.
    var representation: [UInt8] {
        var json = JSONWriter(capacity: 160 + title.utf8.count)
        write(to: &json)
        json.newline()
        return json.bytes
    }

    /// The tag of the representation as it is.
    var entityTag: EntityTag { EntityTag(of: representation) }

    private func write(to json: inout JSONWriter) {
        var title = title
        title.withUTF8 { title in
            id.text.withBytes { id in
                createdAt.text.withBytes { createdAt in
                    updatedAt.text.withBytes { updatedAt in unsafe json.conversation(id, Span(_unsafeElements: title), createdAt, updatedAt)
                    }
                }
            }
        }
    }
}
