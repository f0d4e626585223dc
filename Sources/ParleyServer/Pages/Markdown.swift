/// The part of Markdown that the descriptions in `openapi.yaml` are written in: paragraphs, lists, tables, code, bold type and links.
enum Markdown {
    static func html(_ text: String) -> HTML {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmed }
        let blocks = lines.split { $0.isEmpty }.map { block(Array($0)) }
        return "\(blocks)"
    }

    private static func block(_ lines: [Substring]) -> HTML {
        if lines[0].hasPrefix("|") { return table(lines) }
        if lines[0].hasPrefix("- ") { return list(lines) }
        return "<p>\(inline(lines.joined(separator: "\n")))</p>\n"
    }

    private static func list(_ lines: [Substring]) -> HTML {
        let items = lines.reduce(into: [String]()) { items, line in
            if line.hasPrefix("- ") { items.append(String(line.dropFirst(2))) } else { items[items.count - 1] += "\n\(line)" }
        }
        return "<ul>\(items.map { "<li>\(inline($0))</li>\n" as HTML })</ul>\n"
    }

    private static func table(_ lines: [Substring]) -> HTML {
        let rows = lines.map { line in line.split(separator: "|").map { $0.trimmed } }
        let head = rows[0].map { "<th>\(inline($0))</th>" as HTML }
        let body = rows.dropFirst(2).map { row in "<tr>\(row.map { "<td>\(inline($0))</td>" as HTML })</tr>\n" as HTML }
        return """
            <div class="wide"><table><thead><tr>\(head)</tr></thead>
            <tbody>\(body)</tbody></table></div>

            """
    }

    /// Code first: nothing in it is marked up. What has no end is text.
    static func inline(_ text: some StringProtocol) -> HTML {
        let pieces = Substring(text).split(separator: "`", omittingEmptySubsequences: false)
        guard pieces.count % 2 == 1 else { return "\(String(text))" }
        return "\(pieces.enumerated().map { index, piece in index % 2 == 0 ? bold(piece) : "<code>\(String(piece))</code>" })"
    }

    private static func bold(_ text: Substring) -> HTML {
        let pieces = text.split(separator: "**", omittingEmptySubsequences: false)
        guard pieces.count % 2 == 1 else { return "\(String(text))" }
        return "\(pieces.enumerated().map { index, piece in index % 2 == 0 ? links(piece) : "<strong>\(String(piece))</strong>" })"
    }

    private static func links(_ text: Substring) -> HTML {
        var rest = text
        var pieces: [HTML] = []
        while let link = rest.firstMatch(of: /\[([^\]]+)\]\(([^)]+)\)/) {
            pieces.append("\(String(rest[..<link.range.lowerBound]))<a href=\"\(String(link.output.2))\">\(String(link.output.1))</a>")
            rest = rest[link.range.upperBound...]
        }
        return "\(pieces)\(String(rest))"
    }
}
