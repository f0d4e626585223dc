extension String {
    /// What stands between `<` and `>`.
    var tags: [String] {
        split(separator: "<", omittingEmptySubsequences: false).dropFirst().map { String($0.prefix { $0 != ">" }) }
    }

    /// Whether every element that is opened is closed, in order, and no identifier is given twice.
    var isWellFormed: Bool {
        guard hasPrefix("<!DOCTYPE html>\n"), Set(identifiers).count == identifiers.count else { return false }
        var open: [Substring] = []
        for tag in tags.dropFirst() {
            let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "\n" }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return false }
            } else if !["meta", "br", "wbr"].contains(name) {
                open.append(name)
            }
        }
        return open.isEmpty
    }

    private var identifiers: [String] {
        tags.compactMap { $0.firstMatch(of: /\sid="([^"]*)"/).map { String($0.output.1) } }
    }
}
