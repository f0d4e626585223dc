import HTTP

/// `/docs`: `openapi.json` as a page. All of it is there without scripts; what is long is folded.
struct APIPage {
    private let document: OpenAPIDocument
    private let schemas: SchemaView

    /// Made once, when the first client asks for it, and not on that client's thread: it takes longer than others there should wait.
    static let made = Task.detached {
        APIPage(try OpenAPIDocument(PackageResources.openapi_json)).page.response
    }

    init(_ document: OpenAPIDocument) {
        self.document = document
        schemas = SchemaView(document: document)
    }

    var page: Page {
        let info = document.root["info"] ?? [:]
        return Page(
            title: "API",
            content: """
                <main>
                <p class="soft">release \(info.text("version") ?? "") · <a href="/openapi.yaml">openapi.yaml</a> ·
                <a href="/openapi.json">openapi.json</a> · <a href="/problems">problems</a></p>
                <h1>\(info.text("title") ?? "")</h1>
                <p>\(info.text("summary") ?? "")</p>
                <nav class="contents">\(tags.map(contents))</nav>
                \(Markdown.html(info.text("description") ?? ""))
                \(schemes)
                \(tags.map(section))
                <h2 id="schemas">Schemas</h2>
                \(document.root["components"]?.members("schemas").map(schema) ?? [])
                </main>
                """
        )
    }

    // MARK: Contents

    private var tags: [JSONTree] { document.root.elements("tags") }

    private func operations(of tag: JSONTree) -> [OpenAPIDocument.Operation] {
        document.operations.filter { $0.node.elements("tags").contains { $0.string == tag.text("name") } }
    }

    private func contents(_ tag: JSONTree) -> HTML {
        let name = tag.text("name") ?? ""
        let links = operations(of: tag).map { "<li><a href=\"#\($0.id)\">\($0.method) \($0.path)</a></li>\n" as HTML }
        return "<ul>\n<li><strong><a href=\"#\(name)\">\(name)</a></strong></li>\n\(links)</ul>\n"
    }

    private func section(_ tag: JSONTree) -> HTML {
        let name = tag.text("name") ?? ""
        return """
            <section>
            <h2 id="\(name)">\(name)</h2>
            \(Markdown.html(tag.text("description") ?? ""))
            \(operations(of: tag).map(operation))</section>

            """
    }

    private func schema(_ name: String, _ schema: JSONTree) -> HTML {
        "<h3 id=\"schema-\(name)\">\(name)</h3>\n\(schemas.details(schema))\n"
    }

    /// What a request may have to show.
    private var schemes: HTML? {
        let schemes = document.root["components"]?.members("securitySchemes") ?? []
        guard !schemes.isEmpty else { return nil }
        let entries = schemes.map {
            "<h3 id=\"scheme-\($0.name)\">\($0.name)</h3>\n\(Markdown.html($0.value.text("description") ?? ""))" as HTML
        }
        return "<h2 id=\"authorization\">Authorization</h2>\n\(entries)"
    }

    /// Nothing for an operation that needs nothing, whose list is empty.
    private func authorization(_ operation: JSONTree) -> HTML? {
        let alternatives = (operation["security"] == nil ? document.root : operation).elements("security")
        let links = alternatives.flatMap(\.members).map { "<a href=\"#scheme-\($0.name)\">\($0.name)</a>" as HTML }
        return links.isEmpty ? nil : "<p class=\"soft\">Authorization: \(links)</p>\n"
    }

    // MARK: An operation

    private func operation(_ operation: OpenAPIDocument.Operation) -> HTML {
        """
        <article>
        <h3 id="\(operation.id)"><span class="method \(operation.method.lowercased())">\(operation.method)</span> \(operation.path)</h3>
        <p><strong>\(operation.node.text("summary") ?? "")</strong></p>
        \(Markdown.html(operation.node.text("description") ?? ""))
        \(authorization(operation.node))\(parameters(operation.parameters))\(operation.node["requestBody"].map(requestBody))
        <h4>Answers</h4>
        \(operation.node.members("responses").map(response))</article>

        """
    }

    private func parameters(_ parameters: [JSONTree]) -> HTML? {
        guard !parameters.isEmpty else { return nil }
        return """
            <h4>Parameters</h4>
            <div class="wide"><table>
            <thead><tr><th>name</th><th>in</th><th>type</th><th>meaning</th></tr></thead>
            <tbody>
            \(parameters.map(parameter))</tbody>
            </table></div>

            """
    }

    private func parameter(_ parameter: JSONTree) -> HTML {
        let schema = parameter["schema"] ?? [:]
        return """
            <tr><td class="name"><code>\(parameter.text("name") ?? "")</code></td>\
            <td>\(parameter.text("in") ?? "")\(parameter.isTrue("required") ? ", required" : "")</td>\
            <td>\(schemas.type(schema))\(schemas.limits(schema))</td>\
            <td>\(Markdown.html(parameter.text("description") ?? ""))\(example(parameter))</td></tr>

            """
    }

    private func requestBody(_ node: JSONTree) -> HTML {
        let body = document.resolve(node)
        return """
            <h4>Body\(body.isTrue("required") ? ", required" : "")</h4>
            \(Markdown.html(body.text("description") ?? ""))
            \(body.members("content").map { content($0, $1, isUnfolded: true) })
            """
    }

    private func response(_ status: String, _ node: JSONTree) -> HTML {
        let response = document.resolve(node)
        let description = response.text("description")?.split(separator: "\n\n", maxSplits: 1).map(String.init) ?? []
        return """
            <details>
            <summary><span class="status s\(String(status.prefix(1)))">\(status)</span> \(Markdown.inline(description.first ?? ""))</summary>
            \(Markdown.html(description.dropFirst().joined()))
            \(headers(response.members("headers")))\(response.members("content").map { content($0, $1, isUnfolded: status.hasPrefix("2")) })</details>

            """
    }

    private func headers(_ headers: [(name: String, value: JSONTree)]) -> HTML? {
        guard !headers.isEmpty else { return nil }
        let rows = headers.map { name, node -> HTML in
            let header = document.resolve(node)
            let schema = header["schema"] ?? [:]
            return """
                <tr><td class="name"><code>\(name)</code></td><td>\(schemas.type(schema))\(schemas.limits(schema))</td>\
                <td>\(Markdown.html(header.text("description") ?? ""))\(example(header))</td></tr>

                """
        }
        return """
            <div class="wide"><table>
            <thead><tr><th>header</th><th>type</th><th>meaning</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></div>

            """
    }

    // MARK: Bodies and examples

    /// The members of a named schema are shown in place where the reader wants them: in what is sent, and in what comes when all is well.
    private func content(_ type: String, _ media: JSONTree, isUnfolded: Bool) -> HTML {
        let schema = media["schema"]
        let examples = media.members("examples").map { name, node -> HTML in
            let example = document.resolve(node)
            return """
                <p class="soft">\(example.text("summary") ?? name)</p>
                <pre><code>\(text(of: example["value"] ?? [:]))</code></pre>

                """
        }
        return """
            <p><code>\(type)</code></p>
            \(schema.map(schemas.details))\(isUnfolded && schema?["$ref"] != nil ? schema.flatMap { schemas.members(document.resolve($0)) } : nil)
            \(examples)\(media["example"].map { "<pre><code>\(text(of: $0))</code></pre>\n" as HTML })
            """
    }

    private func example(_ node: JSONTree) -> HTML? {
        node["example"].map { "<p class=\"soft\">such as <code>\(text(of: $0))</code></p>" }
    }

    /// Text as it is, everything else as JSON.
    private func text(of value: JSONTree) -> String {
        value.string ?? JSONIndentation.indented(value.json)
    }
}
