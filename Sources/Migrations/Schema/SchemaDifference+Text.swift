import Database

extension SchemaDifference {
    /// Differences as a unified diff: `-` is what the migrations make, `+` is what the database has.
    ///
    /// ```
    /// --- what the migrations make
    /// +++ what the database has
    /// @@ table note: different @@
    ///  CREATE TABLE note (
    /// -    text TEXT NOT NULL
    /// +    text TEXT
    ///  )
    /// ```
    public static func text(_ differences: [SchemaDifference]) -> String {
        let lines = ["--- what the migrations make", "+++ what the database has"] + differences.flatMap(\.lines)
        return differences.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private var lines: [String] {
        let place = kind == .index || kind == .trigger ? "\(kind.rawValue) \(name) on \(table)" : "\(kind.rawValue) \(name)"
        return ["@@ \(place): \(state.rawValue) @@".onOneLine] + body
    }

    private var body: [String] {
        let (before, after) = (expected.map(Self.lines) ?? [], actual.map(Self.lines) ?? [])
        // Space that does not matter is no difference, unless it is the only one: then it stands inside of a string.
        let loose = Self.diff(before, after, by: \.withoutSpareSpace)
        return loose.contains { !$0.hasPrefix(" ") } ? loose : Self.diff(before, after, by: \.self)
    }

    /// The lines of a statement; what a schema holds must not move the cursor of whoever reads about it.
    private static func lines(of sql: String) -> [String] {
        sql.split(omittingEmptySubsequences: false) { $0.isNewline }.map { String($0).onOneLine }
    }

    /// Lines that are gone stand before those that came in their place.
    private static func diff(_ before: [String], _ after: [String], by form: (String) -> String) -> [String] {
        // Bytes: strings that Swift takes for equal may be different names.
        let changes = after.map { Array(form($0).utf8) }.difference(from: before.map { Array(form($0).utf8) })
        let removed = Set(changes.removals.map(\.offset))
        let inserted = Set(changes.insertions.map(\.offset))
        var lines: [String] = []
        var index = 0
        for (offset, line) in before.enumerated() {
            if removed.contains(offset) {
                lines.append("-" + line)
                continue
            }
            while inserted.contains(index) {
                lines.append("+" + after[index])
                index += 1
            }
            lines.append(" " + line)
            index += 1
        }
        return lines + after[index...].map { "+" + $0 }
    }
}

extension String {
    fileprivate var withoutSpareSpace: String {
        split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
