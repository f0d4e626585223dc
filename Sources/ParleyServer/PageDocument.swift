/// The document of `GET /conversations` in the making: rows go into it straight from the database's memory.
struct PageDocument: Sendable {
    private var json: JSONWriter

    init(limit: Int) {
        json = JSONWriter(capacity: 128 + limit * 200)
        json.beginObject()
        json.beginArray("data")
    }

    mutating func add(_ id: Span<UInt8>, _ title: Span<UInt8>, _ createdAt: Span<UInt8>, _ updatedAt: Span<UInt8>) {
        json.conversation(id, title, createdAt, updatedAt)
    }

    /// The document, complete.
    ///
    /// - Parameter total: nil where it was not asked for.
    consuming func finished(nextCursor: String?, total: Int?) -> [UInt8] {
        json.endArray()
        json.member("has_more", nextCursor != nil)
        json.member("next_cursor", nextCursor)
        if let total { json.member("total", total) }
        json.endObject()
        json.newline()
        return json.bytes
    }
}
