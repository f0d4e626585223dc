/// Shows what a JSON Schema of `openapi.yaml` allows: a type in a few words, and a table of the members of an object.
struct SchemaView {
    let document: OpenAPIDocument

    /// A schema with a name is told by it; its members stand in the list of schemas.
    func type(_ schema: JSONTree) -> HTML {
        if let name = schema.text("$ref")?.split(separator: "/").last.map(String.init) { return "<a href=\"#schema-\(name)\">\(name)</a>" }
        for keyword in ["anyOf", "oneOf", "allOf"] where schema[keyword] != nil {
            return separated(schema.elements(keyword).map(type), by: keyword == "allOf" ? " and " : " or ")
        }
        if let constant = schema["const"] { return "always <code>\(text(constant))</code>" }
        if let items = schema["items"] { return "array of \(type(items))" }
        let types = schema.text("type").map { [$0] } ?? schema.elements("type").compactMap(\.string)
        return types.isEmpty ? "any" : "\(types.joined(separator: " or "))"
    }

    /// What else a value has to be, beside its type.
    func limits(_ schema: JSONTree) -> HTML? {
        let named: [(String, String)] = [
            ("format", ""), ("minimum", "at least "), ("maximum", "at most "), ("minLength", "length at least "),
            ("maxLength", "length at most "),
            ("minItems", "elements at least "), ("maxItems", "elements at most "), ("pattern", "matches "), ("default", "default "),
        ]
        var limits = named.compactMap { name, words in schema[name].map { "\(words)<code>\(text($0))</code>" as HTML } }
        let values = schema.elements("enum").map { "<code>\(text($0))</code>" as HTML }
        if !values.isEmpty { limits.append("one of \(separated(values, by: ", "))") }
        return limits.isEmpty ? nil : "<p class=\"soft\">\(separated(limits, by: " · "))</p>"
    }

    /// The type, and the members where it is an object that has no name.
    func details(_ schema: JSONTree) -> HTML {
        "<p>\(type(schema))</p>\(limits(schema))\(description(schema))\(members(schema))"
    }

    /// The members of an object, or of the elements of an array, where they are not named elsewhere.
    func members(_ schema: JSONTree) -> HTML? {
        if let items = schema["items"] { return members(items) }
        let members = schema.members("properties")
        guard !members.isEmpty else { return nil }
        let required = Set(schema.elements("required").compactMap(\.string))
        let rows = members.map { name, member -> HTML in
            """
            <tr><td class="name"><code>\(name)</code></td><td>\(type(member))\(limits(member))</td>\
            <td>\(required.contains(name) ? "required" : "optional")</td><td>\(description(member))\(self.members(member))</td></tr>

            """
        }
        return """
            <div class="wide"><table>
            <thead><tr><th>member</th><th>type</th><th></th><th>meaning</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></div>

            """
    }

    private func description(_ schema: JSONTree) -> HTML? {
        schema.text("description").map(Markdown.html)
    }

    private func text(_ value: JSONTree) -> String {
        value.string ?? String(decoding: value.json, as: UTF8.self)
    }

    private func separated(_ pieces: [HTML], by separator: String) -> HTML {
        "\(pieces.enumerated().map { index, piece in index == 0 ? piece : "\(separator)\(piece)" })"
    }
}
